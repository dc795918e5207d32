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
 * @param reference the parsed key
 * @param prefix the images that the login answers for; null for a client's internal key, which
 *     answers only for itself
 * @param storedAt when it was stored; null before that, and for one stored by an older daemon
 */
public record StoredLogin(
    String key,
    ImageReference reference,
    @Nullable RegistryPrefix prefix,
    Credential credential,
    @Nullable Instant storedAt) {
  /**
   * Creates a login that is not stored yet.
   *
   * @throws InvalidReferenceException if the key is not a registry, nor a path in one
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

  /** Returns a copy with the time of storing. */
  StoredLogin storedAt(@Nullable Instant instant) {
    return new StoredLogin(key, reference, prefix, credential, instant);
  }

  /** Returns the name, of which a user has one login: host and path, or a client's internal key. */
  public String name() {
    return reference.name();
  }
}
