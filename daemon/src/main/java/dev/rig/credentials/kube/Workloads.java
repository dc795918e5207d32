package dev.rig.credentials.kube;

import dev.rig.credentials.kube.KubeApi.Workload;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Capsules and Deployments as objects of the API: where their image stands, and nothing more. */
final class Workloads {
  /**
   * The field manager of deployments: another than that of pull secrets, so that what the one does
   * not apply stays the other's.
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

  /** Of several containers the one that is named as the Deployment is, else the first. */
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
}
