package dev.rig.credentials.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import org.jspecify.annotations.Nullable;

/**
 * A Capsule ({@code rig.dev/v1alpha2}).
 *
 * @param uid what it is known by for as long as it lives
 * @param resourceVersion the state that was read
 * @param image its image; null where it has none
 * @param pullSecret the Secret that its annotation {@code rig.dev/pull-secret} names; null for none
 */
public record Capsule(
    String namespace,
    String name,
    String uid,
    String resourceVersion,
    @Nullable String image,
    @Nullable String pullSecret) {
  static Capsule read(GenericKubernetesResource found) {
    var metadata = found.getMetadata();
    var annotations = metadata.getAnnotations();
    var named = annotations == null ? null : annotations.get(SecretAnnotations.CAPSULE_PULL_SECRET);
    return new Capsule(
        metadata.getNamespace(),
        metadata.getName(),
        metadata.getUid(),
        metadata.getResourceVersion(),
        found.get("spec", "image") instanceof String image && !image.isEmpty() ? image : null,
        named == null || named.isEmpty() ? null : named);
  }

  /** The same with another pull secret; null for none. */
  public Capsule pullingWith(@Nullable String secret) {
    return new Capsule(namespace, name, uid, resourceVersion, image, secret);
  }

  /** For people. */
  public String path() {
    return namespace + "/" + name;
  }
}
