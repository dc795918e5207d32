package dev.rig.credentials.kube.secret;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a pull secret.
 *
 * @param cluster its key in the configuration
 * @param namespace where the Secret goes
 * @param name null for one that follows from the Capsule or else the images
 * @param images what is pulled; may be empty where there is a Capsule, whose image it is then
 * @param capsule the Capsule that gets the Secret; null for none
 * @param force also where it is discouraged
 * @param dryRun write nothing, and answer with the Secret itself
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
