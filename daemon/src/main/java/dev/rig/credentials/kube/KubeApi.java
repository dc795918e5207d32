package dev.rig.credentials.kube;

import dev.rig.credentials.kube.GroupObjects.PendingPod;
import dev.rig.credentials.kube.GroupObjects.PullingAccount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a cluster's API server. Everything blocks, for 10 s at the most, and fails with
 * a {@link KubeApiException}.
 */
public interface KubeApi extends AutoCloseable {
  /**
   * A {@code coordination.k8s.io} Lease, which one daemon holds at a time.
   *
   * @param holder who; empty for nobody
   * @param duration how long a renewal is good for
   * @param acquiredAt when its holder became that
   * @param renewedAt when its holder last said that it is alive, by the holder's own clock
   * @param transitions how often it has gone from one to another
   * @param resourceVersion null for one that was not read from the cluster
   */
  record Lock(
      String holder,
      Duration duration,
      Instant acquiredAt,
      Instant renewedAt,
      int transitions,
      @Nullable String resourceVersion) {}

  /** Something in a namespace under a name that a pull secret would have. */
  sealed interface Occupant {}

  /** One of ours. */
  record Ours(PullSecret secret) implements Occupant {}

  /** Somebody else's Secret. */
  record Foreign() implements Occupant {}

  /** Ours, by their label; of every namespace where that is null. */
  List<PullSecret> secrets(@Nullable String namespace);

  /** The Secret with that name, whosever it is. */
  Optional<Occupant> secret(String namespace, String name);

  /**
   * Writes it by server-side apply, whole. With a version it replaces exactly that state; without
   * one it is made where it is not there.
   *
   * @param force whether fields that another manager wrote are taken from it; otherwise that is a
   *     failure that names the managers and the fields
   * @return it as it is in the cluster now
   */
  PullSecret apply(PullSecret secret, boolean force);

  /** Removes exactly this state of it. */
  void delete(PullSecret secret);

  Optional<Capsule> capsule(String namespace, String name);

  /**
   * Names the Secret in the Capsule's annotation {@code rig.dev/pull-secret}, by server-side apply
   * of nothing else. What the annotation said is replaced only in exactly that state of the
   * Capsule; where it said nothing and somebody else has set it since, that is a conflict.
   *
   * @param seen as it was read
   */
  void annotate(Capsule seen, String pullSecret);

  /** Removes that annotation from exactly that state of the Capsule. */
  void removeAnnotation(Capsule seen);

  /** Gives a service account these pull secrets in exactly the state that was read. */
  void putPullSecrets(PullingAccount seen, List<String> pullSecrets);

  /** Deletes exactly this pod, as {@code kubectl delete} does. */
  void delete(PendingPod pod);

  /** Creates a warning event. */
  void report(KubeEvent event);

  /**
   * Watches the objects of a kind.
   *
   * @param namespace only there; null for everywhere
   */
  <T> ObjectWatch watch(Watched<T> kind, @Nullable String namespace, WatchListener<T> listener);

  Optional<Lock> lock(String namespace, String name);

  /** Makes it; a conflict when it is there. */
  void createLock(String namespace, String name, Lock lock);

  /** Replaces the state that was read; a conflict when it is another by now. */
  void updateLock(String namespace, String name, Lock lock);

  /**
   * What runs an image.
   *
   * @param image its image; null where it has none
   * @param container its container of that image; null for a kind that has none
   * @param releases what {@link Releases} keeps with it; null for nothing
   */
  record Workload(
      @Nullable String image,
      @Nullable String container,
      @Nullable String releases,
      String resourceVersion) {}

  Optional<Workload> workload(Rollouts.WorkloadKind kind, String namespace, String name);

  /**
   * Has it run that image, by server-side apply of nothing else; a conflict when it is in another
   * state by now.
   */
  void deploy(
      Rollouts.WorkloadKind kind,
      String namespace,
      String name,
      Workload read,
      String image,
      String releases);

  /** How far the Deployment is with that image; empty where there is none. */
  Optional<Rollouts.Readiness> readiness(String namespace, String name, String image);

  /** Why pods of the Deployment with that image are not ready; empty where nothing is known. */
  List<Rollouts.PodTrouble> troubles(String namespace, String name, String image);

  /** Ends what is under way; throws nothing. */
  @Override
  void close();
}
