package dev.rig.credentials.kube.secret;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for a pull secret.
 *
 * @param cluster its key in the configuration
 * @param namespace of the Secret
 * @param name null for a name derived from the Capsule, or from the images
 * @param images the images to pull; if empty, the Capsule's image
 * @param capsule the Capsule that uses the Secret; null if none
 * @param force whether to write it where that is discouraged
 * @param dryRun whether to write nothing, and answer with the Secret itself
 */
public record PullSecretRequest(
    String cluster,
    String namespace,
    @Nullable String name,
    List<String> images,
    @Nullable String capsule,
    boolean force,
    boolean dryRun) {
  public PullSecretRequest {
    images = List.copyOf(images);
  }
}
