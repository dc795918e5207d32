package dev.rig.credentials.kube;

import dev.rig.credentials.time.Time;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deployments of images to one cluster; its methods block, for 10 s a request at the most. */
public final class Rollouts implements AutoCloseable {
  private final KubeApi api;
  private final Time time;

  /** What an image is deployed to. */
  public enum WorkloadKind {
    CAPSULE,
    DEPLOYMENT;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An image that was deployed.
   *
   * @param image by its digest
   * @param tag what it was called when it was deployed; null for nothing
   * @param at when
   */
  public record Release(String image, @Nullable String tag, Instant at) {}

  /**
   * How far a deployment is.
   *
   * @param ready pods of the new image that can be used
   * @param wanted as many as there have to be
   * @param complete whether there are, and none of an earlier image
   */
  public record Readiness(int ready, int wanted, boolean complete) {}

  /** What a pod's trouble is about. */
  public enum TroubleKind {
    PULL,
    CRASH,
    SCHEDULING,
    OTHER
  }

  /**
   * Why a pod is not ready.
   *
   * @param message the cluster's, with text from outside
   */
  public record PodTrouble(String pod, TroubleKind kind, String message) {}

  /** The cluster refused the change; the message is for people, without a secret. */
  public static final class RolloutRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RolloutRefusedException(String message) {
      super(message);
    }
  }

  /**
   * Those of a cluster; nothing is asked of it yet.
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
   * What was deployed to it, the newest first; ten at the most.
   *
   * @throws Refused when that cannot be told
   */
  public List<Release> history(WorkloadKind kind, String namespace, String name) {
    try {
      return Releases.read(workload(kind, namespace, name).releases());
    } catch (KubeApiException e) {
      throw new RolloutRefusedException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Has it run that image from now on.
   *
   * @param tag what the image is called; null for nothing
   * @throws Refused when it cannot, also because somebody else changed it meanwhile
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
   * How far the Deployment of that name is with the image; of a Capsule the operator makes it.
   *
   * @return empty where there is none yet
   * @throws Refused when that cannot be told
   */
  public Optional<Readiness> readiness(String namespace, String name, String image) {
    try {
      return api.readiness(namespace, name, image);
    } catch (KubeApiException e) {
      throw new RolloutRefusedException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The image that it has now.
   *
   * @return empty where it has none
   * @throws RolloutRefusedException when that cannot be told
   */
  public Optional<String> image(WorkloadKind kind, String namespace, String name) {
    try {
      return Optional.ofNullable(workload(kind, namespace, name).image());
    } catch (KubeApiException e) {
      throw new RolloutRefusedException(String.valueOf(e.getMessage()));
    }
  }

  /** Why pods with that image are not ready; empty where nothing is known, or may be read. */
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
