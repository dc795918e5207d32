package dev.rig.credentials.kube.secret;

import dev.rig.credentials.kube.KubeApiException;
import dev.rig.credentials.kube.KubeEvent;
import dev.rig.credentials.kube.KubeEvent.Subject;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What could not be done, by item: each problem is logged once, and told once in an event of the
 * object that it is about.
 */
final class KeptProblems {
  private static final Logger LOG = System.getLogger(KeptProblems.class.getName());

  /** More are counted, and not listed. */
  private static final int MOST_LISTED = 20;

  private record KeptProblem(String reason, String problem) {}

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
   * Tells a problem; runs on the worker. One with the same reason is not told again, only its words
   * are kept.
   *
   * @param problem for everybody, without a secret
   * @param about the object that gets an event; null for none
   * @param reason a word in upper camel case
   */
  void tell(KeptItem item, String problem, @Nullable Subject about, String reason) {
    var before = problems.put(item.toString(), new KeptProblem(reason, problem));
    if (before != null && before.reason().equals(reason)) {
      return;
    }
    LOG.log(Level.WARNING, "pull secrets of cluster {0}: {1}: {2}", cluster, item, problem);
    if (about != null) {
      report(new KubeEvent(about, reason, problem, time.now()));
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
    if (problems.remove(item.toString()) != null) {
      LOG.log(Level.INFO, "pull secrets of cluster {0}: {1} is right again", cluster, item);
    }
  }

  void clear() {
    problems.clear();
  }

  /** For people, a line each. */
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
