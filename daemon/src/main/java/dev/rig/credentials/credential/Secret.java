package dev.rig.credentials.credential;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A text that never prints itself. */
public final class Secret {
  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /** Wraps a secret; an empty one is allowed. */
  public static Secret of(String value) {
    return new Secret(value);
  }

  /** Returns the text itself; to be called only where it leaves the process for its user. */
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

  /** Returns the same value for every secret, so that no hash of one leaks. */
  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
