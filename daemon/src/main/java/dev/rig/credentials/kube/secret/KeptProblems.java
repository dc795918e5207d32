package dev.rig.credentials.kube.secret;

import dev.rig.credentials.kube.KubeApiException;
import dev.rig.credentials.kube.KubeEvent;
import dev.rig.credentials.kube.KubeEvent.Subject;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The current problems by item: each is logged once, and reported once in an event of the object
 * that it concerns.
 */
final class KeptProblems {
  private static final Logger LOG = System.getLogger(KeptProblems.class.getName());

  /** The limit of listed problems; all are counted. */
  private static final int MOST_LISTED = 20;

  private static final String CONFLICT = "Conflict";

  /**
   * A problem.
   *
   * @param untilNanos the problem stays at least until then, by the ticker
   */
  private record KeptProblem(String reason, String problem, long untilNanos) {}

  private final String cluster;
  private final LeaderRequests requests;
  private final Time time;
  private final Map<String, KeptProblem> problems = new ConcurrentSkipListMap<>();
  private volatile @Nullable String noEvents;

  KeptProblems(String cluster, LeaderRequests requests, Time time) {
    this.cluster = cluster;
    this.requests = requests;
    this.time = time;
  }

  /**
   * Reports a problem; runs on the worker. A problem with the same reason is not reported again;
   * only its text is updated.
   *
   * @param problem for everyone, without a secret
   * @param about the object of the event; null if no event is created
   * @param reason a word in upper camel case
   */
  void tell(KeptItem item, String problem, @Nullable Subject about, String reason) {
    put(item, new KeptProblem(reason, problem, time.nanos()), about);
  }

  /**
   * Reports that another client keeps changing an object back, unless the item has another problem.
   * The problem stays for {@code calm}, also while the object has the right state in between.
   */
  void contested(KeptItem item, String problem, @Nullable Subject about, Duration calm) {
    var before = problems.get(item.toString());
    if (before == null || before.reason().equals(CONFLICT)) {
      put(item, new KeptProblem(CONFLICT, problem, time.nanos() + calm.toNanos()), about);
    }
  }

  private void put(KeptItem item, KeptProblem now, @Nullable Subject about) {
    var before = problems.put(item.toString(), now);
    if (before != null && before.reason().equals(now.reason())) {
      return;
    }
    var problem = now.problem();
    LOG.log(Level.WARNING, "pull secrets of cluster {0}: {1}: {2}", cluster, item, problem);
    if (about != null) {
      report(new KubeEvent(about, now.reason(), problem, time.now()));
    }
  }

  private void report(KubeEvent event) {
    try {
      requests.report(event);
      noEvents = null;
    } catch (KubeApiException e) {
      if (noEvents == null) {
        LOG.log(Level.WARNING, "cluster {0}: {1}", cluster, e.getMessage());
      }
      noEvents = e.getMessage();
    }
  }

  boolean has(KeptItem item) {
    return problems.containsKey(item.toString());
  }

  void clear(KeptItem item) {
    var problem = problems.get(item.toString());
    if (problem != null && time.nanos() - problem.untilNanos() >= 0) {
      problems.remove(item.toString());
      LOG.log(Level.INFO, "pull secrets of cluster {0}: {1} is up to date again", cluster, item);
    }
  }

  void clear() {
    problems.clear();
  }

  /** Returns the problems for people, one per line. */
  List<String> list() {
    var lines =
        new ArrayList<>(
            problems.entrySet().stream()
                .limit(MOST_LISTED)
                .map(entry -> entry.getKey() + ": " + entry.getValue().problem())
                .toList());
    int more = problems.size() - lines.size();
    if (more > 0) {
      lines.add("and " + more + " more; the log names each of them");
    }
    var refused = noEvents;
    if (refused != null && !lines.isEmpty()) {
      lines.add(refused);
    }
    return lines;
  }
}
