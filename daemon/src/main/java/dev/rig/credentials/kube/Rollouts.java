package dev.rig.credentials.kube;

import dev.rig.credentials.time.Time;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deployments of images to one cluster; its methods block, for at most 10 s per request. */
public final class Rollouts implements AutoCloseable {
  private final KubeApi api;
  private final Time time;

  /** The kinds of workloads that run an image. */
  public enum WorkloadKind {
    CAPSULE,
    DEPLOYMENT;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A deployed image.
   *
   * @param image with its digest
   * @param tag its tag when it was deployed; null if absent
   * @param at when it was deployed
   */
  public record Release(String image, @Nullable String tag, Instant at) {}

  /**
   * The progress of a deployment.
   *
   * @param ready ready pods of the new image
   * @param wanted the required number of pods
   * @param complete whether all are ready, and none of an earlier image remains
   */
  public record Readiness(int ready, int wanted, boolean complete) {}

  /** The kinds of a pod's problem. */
  public enum TroubleKind {
    PULL,
    CRASH,
    SCHEDULING,
    OTHER
  }

  /**
   * Why a pod is not ready.
   *
   * @param message of the cluster, untrusted text
   */
  public record PodTrouble(String pod, TroubleKind kind, String message) {}

  /** The cluster rejected the change; the message is for people, without a secret. */
  public static final class RolloutRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RolloutRefusedException(String message) {
      super(message);
    }
  }

  /**
   * Creates the deployments of a cluster; sends no request.
   *
   * @param scripts runs the cluster's script
   * @param environment the process's variables
   */
  public Rollouts(
      Cluster cluster, CredentialScript scripts, Map<String, String> environment, Time time) {
    this(new Fabric8Api(ClusterAccessSource.of(cluster, scripts, environment, time)), time);
  }

  Rollouts(KubeApi api, Time time) {
    this.api = api;
    this.time = time;
  }

  /**
   * Returns what was deployed, the newest first; at most ten.
   *
   * @throws RolloutRefusedException if the cluster does not answer
   */
  public List<Release> history(WorkloadKind kind, String namespace, String name) {
    try {
      return Releases.read(workload(kind, namespace, name).releases());
    } catch (KubeApiException e) {
      throw new RolloutRefusedException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Changes the image.
   *
   * @param tag the image's tag; null if absent
   * @throws RolloutRefusedException if it fails, also because of a concurrent change
   */
  public void deploy(
      WorkloadKind kind, String namespace, String name, String image, @Nullable String tag) {
    try {
      var read = workload(kind, namespace, name);
      var release = new Release(image, tag, time.now().truncatedTo(ChronoUnit.SECONDS));
      api.deploy(
          kind,
          namespace,
          name,
          read,
          image,
          Releases.write(release, Releases.read(read.releases())));
    } catch (KubeApiException e) {
      throw new RolloutRefusedException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns the progress of the Deployment with that name and the image; for a Capsule, the
   * operator creates it. Without the right to read it, counts the pods with that image.
   *
   * @return empty if absent yet
   * @throws RolloutRefusedException if the cluster does not answer, or permits neither
   */
  public Optional<Readiness> readiness(String namespace, String name, String image) {
    try {
      return api.readiness(namespace, name, image);
    } catch (KubeApiException e) {
      throw new RolloutRefusedException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns the current image.
   *
   * @return empty if absent
   * @throws RolloutRefusedException if the cluster does not answer
   */
  public Optional<String> image(WorkloadKind kind, String namespace, String name) {
    try {
      return Optional.ofNullable(workload(kind, namespace, name).image());
    } catch (KubeApiException e) {
      throw new RolloutRefusedException(String.valueOf(e.getMessage()));
    }
  }

  /** Returns why pods with that image are not ready; empty if unknown or not readable. */
  public List<PodTrouble> troubles(String namespace, String name, String image) {
    try {
      return api.troubles(namespace, name, image);
    } catch (KubeApiException denied) {
      return List.of();
    }
  }

  private KubeApi.Workload workload(WorkloadKind kind, String namespace, String name) {
    return api.workload(kind, namespace, name)
        .orElseThrow(() ->
            new RolloutRefusedException(
                "there is no %s %s/%s".formatted(kind.word(), namespace, name)));
  }

  @Override
  public void close() {
    api.close();
  }
}
