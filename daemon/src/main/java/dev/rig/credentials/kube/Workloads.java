package dev.rig.credentials.kube;

import dev.rig.credentials.kube.KubeApi.Workload;
import dev.rig.credentials.kube.Rollouts.PodTrouble;
import dev.rig.credentials.kube.Rollouts.TroubleKind;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads and writes the image of Capsules and Deployments. */
final class Workloads {
  /**
   * The field manager of deployments, different from that of pull secrets, so that an apply of one
   * does not remove fields of the other.
   */
  static final String MANAGER = "rig-credentials-deploy";

  private Workloads() {}

  static ResourceDefinitionContext context(Rollouts.WorkloadKind kind) {
    boolean capsule = kind == Rollouts.WorkloadKind.CAPSULE;
    return new ResourceDefinitionContext.Builder()
        .withGroup(capsule ? "rig.dev" : "apps")
        .withVersion(capsule ? "v1alpha2" : "v1")
        .withKind(capsule ? "Capsule" : "Deployment")
        .withPlural(capsule ? "capsules" : "deployments")
        .withNamespaced(true)
        .build();
  }

  static Workload read(Rollouts.WorkloadKind kind, GenericKubernetesResource found) {
    var metadata = found.getMetadata();
    var annotations = metadata.getAnnotations();
    var container = kind == Rollouts.WorkloadKind.CAPSULE ? null : container(found);
    var image = container == null ? found.<Object>get("spec", "image") : container.get("image");
    return new Workload(
        image instanceof String text && !text.isEmpty() ? text : null,
        container == null ? null : Objects.toString(container.get("name")),
        annotations == null ? null : annotations.get(Releases.ANNOTATION),
        metadata.getResourceVersion());
  }

  /** Returns the container with the Deployment's name; otherwise the first. */
  private static @Nullable Map<?, ?> container(GenericKubernetesResource deployment) {
    Map<?, ?> first = null;
    if (deployment.<Object>get("spec", "template", "spec", "containers") instanceof List<?> all) {
      for (var one : all) {
        if (one instanceof Map<?, ?> container) {
          first = first == null ? container : first;
          if (deployment.getMetadata().getName().equals(container.get("name"))) {
            return container;
          }
        }
      }
    }
    return first;
  }

  static GenericKubernetesResource written(
      Rollouts.WorkloadKind kind,
      String namespace,
      String name,
      Workload read,
      String image,
      String releases) {
    var context = context(kind);
    var object = new GenericKubernetesResource();
    object.setApiVersion(context.getGroup() + "/" + context.getVersion());
    object.setKind(context.getKind());
    object.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(namespace)
            .withName(name)
            .withResourceVersion(read.resourceVersion())
            .addToAnnotations(Releases.ANNOTATION, releases)
            .build());
    Map<String, Object> spec =
        kind == Rollouts.WorkloadKind.CAPSULE
            ? Map.of("image", image)
            : Map.of(
                "template",
                Map.of(
                    "spec",
                    Map.of(
                        "containers",
                        List.of(
                            Map.of(
                                "name",
                                Objects.requireNonNullElse(read.container(), name),
                                "image",
                                image)))));
    object.setAdditionalProperty("spec", spec);
    return object;
  }

  static Rollouts.Readiness readiness(GenericKubernetesResource deployment, String image) {
    var container = container(deployment);
    boolean current = container != null && image.equals(container.get("image"));
    var generation = deployment.getMetadata().getGeneration();
    boolean seen =
        generation == null
            || number(deployment.get("status", "observedGeneration"), 0) >= generation;
    int wanted = number(deployment.get("spec", "replicas"), 1);
    int updated = number(deployment.get("status", "updatedReplicas"), 0);
    int available = number(deployment.get("status", "availableReplicas"), 0);
    int all = number(deployment.get("status", "replicas"), 0);
    int ready = current && seen ? Math.min(updated, available) : 0;
    return new Rollouts.Readiness(
        Math.min(ready, wanted), wanted, current && seen && ready >= wanted && all == wanted);
  }

  private static int number(@Nullable Object value, int otherwise) {
    return value instanceof Number number ? number.intValue() : otherwise;
  }

  /** Returns a Deployment; null if absent. */
  static @Nullable GenericKubernetesResource deployment(
      KubernetesClient kubernetes, String namespace, String name) {
    return kubernetes
        .genericKubernetesResources(context(Rollouts.WorkloadKind.DEPLOYMENT))
        .inNamespace(namespace)
        .withName(name)
        .get();
  }

  /**
   * Returns the progress of the pods of a namespace that have this image, for a client that cannot
   * read the Deployment, and so does not know how many are required.
   */
  static Rollouts.Readiness readiness(KubernetesClient kubernetes, String namespace, String image) {
    var pods = pods(kubernetes, namespace, Map.of(), image);
    int ready = (int) pods.stream().filter(Workloads::isReady).count();
    return new Rollouts.Readiness(
        ready, Math.max(1, pods.size()), ready > 0 && ready == pods.size());
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(one -> one.getType().equals("Ready") && one.getStatus().equals("True"));
  }

  private static List<Pod> pods(
      KubernetesClient kubernetes, String namespace, Map<String, String> selector, String image) {
    return kubernetes.pods().inNamespace(namespace).withLabels(selector).list().getItems().stream()
        .filter(pod ->
            pod.getSpec().getContainers().stream()
                .anyMatch(container -> image.equals(container.getImage())))
        .toList();
  }

  /**
   * Returns why pods of a Deployment with this image are not ready, from their status (Kubernetes
   * API, Pod); empty if there is no such Deployment. Without the right to read the Deployment,
   * examines the namespace's pods with this image.
   */
  static List<PodTrouble> troubles(
      KubernetesClient kubernetes, String namespace, String name, String image) {
    Map<String, String> selector;
    try {
      selector = selector(deployment(kubernetes, namespace, name));
      if (selector.isEmpty()) {
        return List.of();
      }
    } catch (KubernetesClientException denied) {
      if (denied.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw denied;
      }
      selector = Map.of();
    }
    var troubles = new ArrayList<PodTrouble>();
    for (var pod : pods(kubernetes, namespace, selector, image)) {
      addTroubles(kubernetes, pod, troubles);
    }
    return troubles;
  }

  private static Map<String, String> selector(@Nullable GenericKubernetesResource deployment) {
    var labels = new HashMap<String, String>();
    if (deployment != null
        && deployment.<Object>get("spec", "selector", "matchLabels") instanceof Map<?, ?> found) {
      found.forEach((key, value) -> labels.put(String.valueOf(key), String.valueOf(value)));
    }
    return labels;
  }

  private static void addTroubles(KubernetesClient kubernetes, Pod pod, List<PodTrouble> troubles) {
    var name = pod.getMetadata().getName();
    var status = pod.getStatus();
    if (status == null) {
      return;
    }
    for (var condition : status.getConditions()) {
      if (condition.getType().equals("PodScheduled") && condition.getStatus().equals("False")) {
        troubles.add(
            new PodTrouble(
                name, TroubleKind.SCHEDULING, "unschedulable: " + condition.getMessage()));
      }
    }
    Stream.of(status.getInitContainerStatuses(), status.getContainerStatuses())
        .flatMap(List::stream)
        .forEach(container -> addTroubles(kubernetes, pod, container, troubles));
  }

  private static void addTroubles(
      KubernetesClient kubernetes, Pod pod, ContainerStatus container, List<PodTrouble> troubles) {
    var waiting = container.getState() == null ? null : container.getState().getWaiting();
    if (waiting == null || waiting.getReason() == null) {
      return;
    }
    var name = pod.getMetadata().getName();
    var message = Objects.requireNonNullElse(waiting.getMessage(), "");
    switch (waiting.getReason()) {
      case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull" ->
          troubles.add(
              new PodTrouble(name, TroubleKind.PULL, waiting.getReason() + ": " + message));
      case "CrashLoopBackOff" ->
          troubles.add(
              new PodTrouble(
                  name, TroubleKind.CRASH, "crashes: " + end(kubernetes, pod, container)));
      case "ContainerCreating", "PodInitializing" -> {
        // Normal for a new pod.
      }
      default ->
          troubles.add(
              new PodTrouble(name, TroubleKind.OTHER, waiting.getReason() + ": " + message));
    }
  }

  /** Returns the last line of the last run's log, because the status may not contain it. */
  private static String end(KubernetesClient kubernetes, Pod pod, ContainerStatus container) {
    var last = container.getLastState() == null ? null : container.getLastState().getTerminated();
    var status = last == null ? "" : "status " + last.getExitCode();
    String line = null;
    try {
      line =
          kubernetes
              .pods()
              .inNamespace(pod.getMetadata().getNamespace())
              .withName(pod.getMetadata().getName())
              .inContainer(container.getName())
              .terminated()
              .tailingLines(1)
              .getLog();
    } catch (KubernetesClientException denied) {
      // Uses only the status.
    }
    if ((line == null || line.isBlank()) && last != null) {
      line = last.getMessage();
    }
    return line == null || line.isBlank() ? status : status + ", last line: " + line.strip();
  }
}
