package dev.rig.credentials.kube;

import dev.rig.credentials.kube.GroupObjects.PendingPod;
import dev.rig.credentials.kube.GroupObjects.PullingAccount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The requests to a cluster's API server. Every method blocks for at most 10 s, and fails with a
 * {@link KubeApiException}, of the kind {@code CONFLICT} if an object is no longer in the state
 * that was read.
 */
public interface KubeApi extends AutoCloseable {
  /**
   * A {@code coordination.k8s.io} Lease, which one daemon holds at a time.
   *
   * @param holder its holder; empty if none
   * @param duration how long a renewal is valid
   * @param acquiredAt when the holder acquired it
   * @param renewedAt when the holder last renewed it, by the holder's clock
   * @param transitions how often the holder has changed
   * @param resourceVersion null for one that was not read from the cluster
   */
  record Lock(
      String holder,
      Duration duration,
      Instant acquiredAt,
      Instant renewedAt,
      int transitions,
      @Nullable String resourceVersion) {}

  /** An object with the name of a pull secret. */
  sealed interface Occupant {}

  /** A pull secret of this daemon. */
  record Ours(PullSecret secret) implements Occupant {}

  /** A Secret of another owner. */
  record Foreign() implements Occupant {}

  /** Returns this daemon's pull secrets, by label; those of all namespaces if null. */
  List<PullSecret> secrets(@Nullable String namespace);

  /** Returns the Secret with that name, of any owner. */
  Optional<Occupant> secret(String namespace, String name);

  /**
   * Writes the whole Secret by server-side apply. A Secret with a version replaces exactly that
   * state; one without is created.
   *
   * @param force whether to overwrite fields of other managers; without it such fields cause a
   *     failure that names the managers and the fields
   * @return the Secret as it is in the cluster now
   */
  PullSecret apply(PullSecret secret, boolean force);

  /** Deletes the Secret in exactly this state. */
  void delete(PullSecret secret);

  Optional<Capsule> capsule(String namespace, String name);

  /**
   * Writes the Secret's name into the Capsule's annotation {@code rig.dev/pull-secret}, and nothing
   * else, by server-side apply. An existing annotation is replaced only in exactly that state of
   * the Capsule; if the annotation was absent and was set since, this is a conflict.
   *
   * @param seen as it was read
   */
  void annotate(Capsule seen, String pullSecret);

  /** Removes that annotation in exactly that state of the Capsule. */
  void removeAnnotation(Capsule seen);

  /** Sets the pull secrets of a service account in exactly the state that was read. */
  void putPullSecrets(PullingAccount seen, List<String> pullSecrets);

  /** Deletes exactly this pod, as {@code kubectl delete} does. */
  void delete(PendingPod pod);

  /** Creates a warning event. */
  void report(KubeEvent event);

  /**
   * Opens a watch of the objects of a kind.
   *
   * @param namespace the namespace; null for all
   */
  <T> ObjectWatch watch(Watched<T> kind, @Nullable String namespace, WatchListener<T> listener);

  Optional<Lock> lock(String namespace, String name);

  /** Creates the Lease; fails with a conflict if it exists. */
  void createLock(String namespace, String name, Lock lock);

  /** Replaces the Lease in the state that was read. */
  void updateLock(String namespace, String name, Lock lock);

  /**
   * A workload that runs an image.
   *
   * @param image its image; null if absent
   * @param container the container of that image; null for a kind without containers
   * @param releases the annotation of {@link Releases}; null if absent
   */
  record Workload(
      @Nullable String image,
      @Nullable String container,
      @Nullable String releases,
      String resourceVersion) {}

  Optional<Workload> workload(Rollouts.WorkloadKind kind, String namespace, String name);

  /** Changes the image, and nothing else, by server-side apply, in the state that was read. */
  void deploy(
      Rollouts.WorkloadKind kind,
      String namespace,
      String name,
      Workload read,
      String image,
      String releases);

  /**
   * Returns the progress of the Deployment with that image; empty if absent. Without the right to
   * read it, returns that of the namespace's pods with that image.
   */
  Optional<Rollouts.Readiness> readiness(String namespace, String name, String image);

  /** Returns why pods of the Deployment with that image are not ready; empty if unknown. */
  List<Rollouts.PodTrouble> troubles(String namespace, String name, String image);

  /** Ends pending requests; never throws. */
  @Override
  void close();
}
