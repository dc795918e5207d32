package dev.rig.credentials.app;

import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A source whose runs are counted. */
record MeteredSource(CredentialSource source, String prefix, Metrics metrics, Ticker ticker)
    implements CredentialSource {
  @Override
  public String kind() {
    return source.kind();
  }

  /** The source's own future: cancelling it has to reach the run. */
  @Override
  public CompletableFuture<Lease> issue(SourceRequest request) {
    long began = ticker.nanos();
    var run = source.issue(request);
    var _ =
        run.whenComplete((lease, failure) ->
            metrics.scriptRun(prefix, failure != null, Duration.ofNanos(ticker.nanos() - began)));
    return run;
  }
}
