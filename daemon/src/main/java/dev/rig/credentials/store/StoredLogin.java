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
    var prefix = reference.isExactKey() ? null : RegistryPrefix.parse(key);
    return new StoredLogin(key, reference, prefix, credential, null);
  }

  /** This as it was stored at that time. */
  StoredLogin storedAt(@Nullable Instant instant) {
    return new StoredLogin(key, reference, prefix, credential, instant);
  }

  /** What a user has one login for: the prefix, or the whole key where there is none. */
  public String name() {
    return prefix == null ? reference.name() : prefix.toString();
  }

  /**
   * The name of the login with that key; null where there can be none.
   *
   * @param key as a client writes it
   * @param reference what it means
   */
  static @Nullable String name(String key, ImageReference reference) {
    if (reference.isExactKey()) {
      return reference.name();
    }
    try {
      return RegistryPrefix.parse(key).toString();
    } catch (InvalidReferenceException e) {
      return null; // an image's name: it can be asked for, and not be logged in to
    }
  }
}
