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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The requests of the daemon that holds the Lease, except watches. Each request first checks by the
 * monotonic clock whether the Lease is still held, so that a process that was suspended writes
 * nothing when it resumes. While the cluster does not answer, no request is sent.
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
  private final AtomicLong secrets = new AtomicLong();

  /**
   * Creates the requests to a cluster.
   *
   * @param away whether the cluster is known not to answer
   * @param conflicts receives the other managers whose fields are overwritten
   */
  LeaderRequests(
      KubeApi api, LeaderElection election, BooleanSupplier away, Consumer<String> conflicts) {
    this.api = api;
    this.election = election;
    this.away = away;
    this.conflicts = conflicts;
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
    var now = applied(secret);
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
    held().delete(secret);
    secrets.incrementAndGet();
  }

  void annotate(Capsule seen, String pullSecret) {
    held().annotate(seen, pullSecret);
  }

  void removeAnnotation(Capsule seen) {
    held().removeAnnotation(seen);
  }

  void putPullSecrets(PullingAccount seen, List<String> pullSecrets) {
    held().putPullSecrets(seen, pullSecrets);
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
