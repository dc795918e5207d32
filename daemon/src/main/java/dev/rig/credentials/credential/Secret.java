package dev.rig.credentials.credential;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A text that is never printed: {@link #toString} hides it. */
public final class Secret {
  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /** Wraps a secret; an empty one is allowed. */
  public static Secret of(String value) {
    return new Secret(value);
  }

  /** Returns the text. Call it only where the text must leave this object. */
  public String reveal() {
    return value;
  }

  public boolean isEmpty() {
    return value.isEmpty();
  }

  /** Compares in constant time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the same value for every secret, because a hash would reveal something about it. */
  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
