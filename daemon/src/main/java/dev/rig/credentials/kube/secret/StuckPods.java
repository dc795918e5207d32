package dev.rig.credentials.kube.secret;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.PrefixTable;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.kube.GroupObjects.PendingPod;
import dev.rig.credentials.kube.KubeEvent;
import dev.rig.credentials.kube.KubeEvent.Subject;
import dev.rig.credentials.kube.PullSecretScope.NamespaceGroup;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Handles pods that were created before their namespace had its pull secret: a pod's list of pull
 * secrets never changes, so they cannot pull and must be replaced.
 */
final class StuckPods {
  private static final Logger LOG = System.getLogger(StuckPods.class.getName());

  /** The most pods that one check deletes in a namespace. */
  private static final int MOST_AT_ONCE = 3;

  private static final Duration SPACING = Duration.ofSeconds(10);

  private final WatchedObjects<PendingPod> pods;
  private final LeaderRequests requests;
  private final Time time;
  private final Map<String, Long> restartedNanos = new ConcurrentHashMap<>();
  private final Map<String, List<String>> left = new ConcurrentHashMap<>();

  StuckPods(WatchedObjects<PendingPod> pods, LeaderRequests requests, Time time) {
    this.pods = pods;
    this.requests = requests;
    this.time = time;
  }

  /** Deletes some pods if the group permits it; reports the others. Runs on the worker. */
  void look(String namespace, NamespaceGroup group) {
    var stuck =
        pods.all().stream()
            .filter(pod -> pod.namespace().equals(namespace) && isStuck(pod, group))
            .toList();
    if (group.restartStuckPods() && isDue(namespace)) {
      var some = stuck.stream().filter(PendingPod::controlled).limit(MOST_AT_ONCE).toList();
      if (!some.isEmpty()) {
        restartedNanos.put(namespace, time.nanos());
        some.forEach(this::restart);
      }
    }
    var others =
        stuck.stream()
            .filter(pod -> !pod.controlled() || !group.restartStuckPods())
            .map(PendingPod::path)
            .sorted()
            .toList();
    if (others.isEmpty()) {
      left.remove(namespace);
    } else {
      left.put(namespace, others);
    }
  }

  private boolean isDue(String namespace) {
    var last = restartedNanos.get(namespace);
    return last == null || time.nanos() - last >= SPACING.toNanos();
  }

  private static boolean isStuck(PendingPod pod, NamespaceGroup group) {
    return group.serviceAccounts().contains(pod.serviceAccount())
        && !pod.pullSecrets().contains(NamespaceSecrets.NAME)
        && pod.hangingImages().stream().anyMatch(image -> covers(group.registries(), image));
  }

  private static boolean covers(List<String> registries, String image) {
    try {
      var prefixes = new HashMap<RegistryPrefix, String>();
      for (var registry : registries) {
        prefixes.put(RegistryPrefix.parse(registry), registry);
      }
      return PrefixTable.of(prefixes).find(ImageReference.ofImage(image)) != null;
    } catch (InvalidReferenceException e) {
      return false;
    }
  }

  private void restart(PendingPod pod) {
    requests.delete(pod);
    pods.wrote(pod, null);
    LOG.log(Level.INFO, "pod {0} deleted: it was created before its pull secret", pod.path());
    requests.report(
        new KubeEvent(
            Subject.of(pod),
            "PullSecretAdded",
            "deleted, because it was created before the pull secret of its service account and"
                + " cannot pull its image; its controller creates another one",
            time.now()));
  }

  void clear() {
    restartedNanos.clear();
    left.clear();
  }

  /** Returns the stuck pods for people, one per line. */
  List<String> list() {
    return left.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry ->
            "pods of namespace %s were created before their pull secret and cannot pull; delete them%s: %s"
                .formatted(
                    entry.getKey(),
                    ", or set restartStuckPods: true",
                    String.join(", ", entry.getValue().stream().limit(5).toList())
                        + (entry.getValue().size() > 5 ? ", …" : "")))
        .toList();
  }
}
