package dev.rig.credentials.app;

import dev.rig.credentials.http.admin.RecentActivity;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.request.AnsweredRequest;
import dev.rig.credentials.request.RequestOutcome;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** Counts answered requests and keeps the latest for the status page. */
record RequestMetrics(Metrics metrics, RecentActivity activity)
    implements Consumer<AnsweredRequest> {
  private static final Set<RequestOutcome> FAILURES =
      EnumSet.of(RequestOutcome.FAILED, RequestOutcome.DENIED, RequestOutcome.REFUSED);

  @Override
  public void accept(AnsweredRequest answered) {
    var outcome = answered.outcome().name().toLowerCase(Locale.ROOT);
    metrics.request(answered.action(), outcome, answered.took());
    if (answered.outcome() == RequestOutcome.DENIED) {
      metrics.denied(answered.action());
    }
    activity.note(
        answered.action(),
        answered.prefix(),
        outcome.replace('_', ' '),
        FAILURES.contains(answered.outcome()),
        answered.peer());
  }
}
