package dev.rig.credentials.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import org.jspecify.annotations.Nullable;

/**
 * A Capsule ({@code rig.dev/v1alpha2}).
 *
 * @param uid its unique id
 * @param resourceVersion the state that was read
 * @param image its image; null if absent
 * @param pullSecret the Secret that its annotation {@code rig.dev/pull-secret} names; null if
 *     absent
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

  /** Returns a copy with another pull secret; null removes it. */
  public Capsule pullingWith(@Nullable String secret) {
    return new Capsule(namespace, name, uid, resourceVersion, image, secret);
  }

  /** Returns namespace and name, for people. */
  public String path() {
    return namespace + "/" + name;
  }
}
