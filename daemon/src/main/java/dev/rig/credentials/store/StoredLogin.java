package dev.rig.credentials.store;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A login that a person stored.
 *
 * @param key the server as the client wrote it
 * @param reference what the key means
 * @param prefix what the login answers for; null for a key that a client keeps for itself and that
 *     stands for nothing else
 * @param storedAt when it was stored; null before that, and where an older daemon did not note it
 */
public record StoredLogin(
    String key,
    ImageReference reference,
    @Nullable RegistryPrefix prefix,
    Credential credential,
    @Nullable Instant storedAt) {
  /**
   * A login that is not stored yet.
   *
   * @throws InvalidReferenceException when the key is no registry, nor a path in one
   */
  public static StoredLogin of(String key, Credential credential) throws InvalidReferenceException {
    var reference = ImageReference.ofKey(key);
    if (reference.tag() != null || reference.digest() != null) {
      throw new InvalidReferenceException("it has a tag or a digest");
    }
    var prefix =
        reference.isExactKey() ? null : new RegistryPrefix(reference.host(), reference.path());
    return new StoredLogin(key, reference, prefix, credential, null);
  }

  /** This as it was stored at that time. */
  StoredLogin storedAt(@Nullable Instant instant) {
    return new StoredLogin(key, reference, prefix, credential, instant);
  }

  /** What a user has one login for: host and path, or the key that stands for itself. */
  public String name() {
    return reference.name();
  }
}
