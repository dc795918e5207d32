package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Lease;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Secret of type {@code kubernetes.io/dockerconfigjson} that is this daemon's.
 *
 * @param images what it is for, sorted
 * @param capsule the Capsule that it was made for; null for none
 * @param entries the prefixes of the entries that it holds, sorted
 * @param expiresAt the end of the shortest lease in it, to the second; {@link Lease#NEVER} for none
 * @param config the credentials
 * @param version what the cluster knows it by; null for one that was not read from there
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
  /** A state of an object: a request that carries it fails when the object is another by now. */
  record ObjectVersion(String uid, String resourceVersion) {}

  public PullSecret {
    images = List.copyOf(images);
    entries = List.copyOf(entries);
  }

  /** Whether writing the other one in place of this would change nothing. */
  public boolean says(PullSecret other) {
    return namespace.equals(other.namespace)
        && name.equals(other.name)
        && images.equals(other.images)
        && Objects.equals(capsule, other.capsule)
        && entries.equals(other.entries)
        && expiresAt.equals(other.expiresAt)
        && config.equals(other.config);
  }

  /** This as what replaces exactly that state. */
  public PullSecret inPlaceOf(PullSecret old) {
    return new PullSecret(
        namespace, name, images, capsule, entries, expiresAt, config, old.version);
  }

  /** The same for other images of a Capsule; what it holds is not changed by that. */
  public PullSecret forImages(List<String> others, @Nullable String ofCapsule) {
    return new PullSecret(namespace, name, others, ofCapsule, entries, expiresAt, config, version);
  }

  /** For people. */
  public String path() {
    return namespace + "/" + name;
  }
}
