package dev.rig.credentials.kube.secret;

import dev.rig.credentials.kube.Capsule;
import dev.rig.credentials.kube.GroupObjects.PendingPod;
import dev.rig.credentials.kube.GroupObjects.PullingAccount;
import dev.rig.credentials.kube.KubeApi;
import dev.rig.credentials.kube.KubeApiException;
import dev.rig.credentials.kube.KubeApiException.KubeFailureKind;
import dev.rig.credentials.kube.KubeEvent;
import dev.rig.credentials.kube.LeaderElection;
import dev.rig.credentials.kube.PullSecret;
import dev.rig.credentials.time.Time;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The requests of the daemon that holds the Lease, except watches. Each request first checks by the
 * monotonic clock whether the Lease is still held, so that a process that was suspended writes
 * nothing when it resumes. While the cluster does not answer, no request is sent. For an object
 * that another client keeps changing back, a request fails with a {@link
 * RestoreLimits.ContestedException}.
 */
final class LeaderRequests {
  /** The request was not sent: the Lease is no longer held, or the cluster does not answer. */
  static final class Postponed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Postponed() {
      super("the Lease is not held, or the cluster does not answer", null, false, false);
    }
  }

  private final KubeApi api;
  private final LeaderElection election;
  private final BooleanSupplier away;
  private final Consumer<String> conflicts;
  private final RestoreLimits limits;
  private final AtomicLong secrets = new AtomicLong();

  /**
   * Creates the requests to a cluster.
   *
   * @param away whether the cluster is known not to answer
   * @param conflicts receives the other managers whose fields are overwritten
   */
  LeaderRequests(
      KubeApi api,
      LeaderElection election,
      BooleanSupplier away,
      Consumer<String> conflicts,
      Time time) {
    this.api = api;
    this.election = election;
    this.away = away;
    this.conflicts = conflicts;
    this.limits = new RestoreLimits(time);
  }

  private KubeApi held() {
    if (!election.holds() || away.getAsBoolean()) {
      throw new Postponed();
    }
    return api;
  }

  Optional<KubeApi.Occupant> secret(String namespace, String name) {
    return held().secret(namespace, name);
  }

  Optional<Capsule> capsule(String namespace, String name) {
    return held().capsule(namespace, name);
  }

  PullSecret apply(PullSecret secret) {
    var object = "Secret " + secret.path();
    var content =
        List.of(
            secret.images(),
            String.valueOf(secret.capsule()),
            secret.entries(),
            secret.expiresAt(),
            secret.config());
    limits.check(object, content);
    var now = applied(secret);
    limits.wrote(object, content);
    secrets.incrementAndGet();
    return now;
  }

  private PullSecret applied(PullSecret secret) {
    try {
      return held().apply(secret, false);
    } catch (KubeApiException e) {
      if (e.kind() != KubeFailureKind.FIELD_CONFLICT || secret.version() == null) {
        throw e;
      }
      conflicts.accept(String.valueOf(e.getMessage()));
      return held().apply(secret, true);
    }
  }

  void delete(PullSecret secret) {
    limited("Secret " + secret.path(), "", () -> held().delete(secret));
    secrets.incrementAndGet();
  }

  void annotate(Capsule seen, String pullSecret) {
    limited("Capsule " + seen.path(), pullSecret, () -> held().annotate(seen, pullSecret));
  }

  void removeAnnotation(Capsule seen) {
    limited("Capsule " + seen.path(), "", () -> held().removeAnnotation(seen));
  }

  void putPullSecrets(PullingAccount seen, List<String> pullSecrets) {
    limited(
        "service account " + seen.path(),
        pullSecrets,
        () -> held().putPullSecrets(seen, pullSecrets));
  }

  private void limited(String object, Object content, Runnable write) {
    limits.check(object, content);
    write.run();
    limits.wrote(object, content);
  }

  /** Forgets the objects that have kept their state for long enough. */
  void forgetCalm() {
    limits.forgetCalm();
  }

  void delete(PendingPod pod) {
    held().delete(pod);
  }

  void report(KubeEvent event) {
    held().report(event);
  }

  /** Returns how many Secrets were written or removed. */
  long count() {
    return secrets.get();
  }
}
