package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Lease;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Secret of type {@code kubernetes.io/dockerconfigjson} that this daemon manages.
 *
 * @param images the images that it is for, sorted
 * @param capsule the Capsule that it is for; null if none
 * @param entries the prefixes of its entries, sorted
 * @param expiresAt the expiry of its shortest lease, in seconds; {@link Lease#NEVER} if none
 *     expires
 * @param config the credentials
 * @param version its state in the cluster; null for one that was not read from there
 */
public record PullSecret(
    String namespace,
    String name,
    List<String> images,
    @Nullable String capsule,
    List<String> entries,
    Instant expiresAt,
    DockerConfigJson config,
    @Nullable ObjectVersion version) {
  /** The state of an object: a request with it fails if the object has changed. */
  record ObjectVersion(String uid, String resourceVersion) {}

  public PullSecret {
    images = List.copyOf(images);
    entries = List.copyOf(entries);
  }

  /** Returns whether replacing this with the other would change nothing. */
  public boolean says(PullSecret other) {
    return namespace.equals(other.namespace)
        && name.equals(other.name)
        && images.equals(other.images)
        && Objects.equals(capsule, other.capsule)
        && entries.equals(other.entries)
        && expiresAt.equals(other.expiresAt)
        && config.equals(other.config);
  }

  /** Returns this as a replacement of exactly that state. */
  public PullSecret inPlaceOf(PullSecret old) {
    return new PullSecret(
        namespace, name, images, capsule, entries, expiresAt, config, old.version);
  }

  /** Returns a copy for other images of a Capsule, with the same content. */
  public PullSecret forImages(List<String> others, @Nullable String ofCapsule) {
    return new PullSecret(namespace, name, others, ofCapsule, entries, expiresAt, config, version);
  }

  /** Returns namespace and name, for people. */
  public String path() {
    return namespace + "/" + name;
  }
}
