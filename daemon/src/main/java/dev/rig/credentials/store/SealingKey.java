package dev.rig.credentials.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * The secret from which the keys of sealed files are derived, bound to a machine. Each write of a
 * file uses a key of its own.
 */
public final class SealingKey {
  /** The shortest key, in bytes. */
  public static final int SHORTEST = 32;

  private static final int DERIVED = 32;

  private final byte[] secret;
  private final String machine;
  private final KeyOrigin origin;

  /** The origin of a key. */
  public enum KeyOrigin {
    /** systemd's credentials, {@code $CREDENTIALS_DIRECTORY}. */
    SYSTEMD,
    /** A configured file. */
    FILE,
    /**
     * A file next to the data, created by this daemon: it only protects a single file that is
     * copied without it.
     */
    GENERATED
  }

  /**
   * Creates a key.
   *
   * @param secret at least {@link #SHORTEST} bytes, all of which count
   * @param machine the machine's id; files of another machine cannot be opened
   */
  public SealingKey(byte[] secret, String machine, KeyOrigin origin) {
    if (secret.length < SHORTEST) {
      throw new IllegalArgumentException("a sealing key has at least " + SHORTEST + " bytes");
    }
    this.secret = secret.clone();
    this.machine = machine;
    this.origin = origin;
  }

  /** Returns the key's origin. */
  public KeyOrigin origin() {
    return origin;
  }

  byte[] secret() {
    return secret.clone();
  }

  /** Returns whether the other key opens what this one seals. */
  boolean isSame(SealingKey other) {
    return MessageDigest.isEqual(secret, other.secret) && machine.equals(other.machine);
  }

  /**
   * Derives the key of one file: HKDF with SHA-256 (RFC 5869).
   *
   * @param salt random, of that file only
   * @param purpose the file's purpose
   */
  byte[] derive(byte[] salt, String purpose) {
    var hkdf = new HKDFBytesGenerator(SHA256Digest.newInstance());
    var info = "rig-credentials\n" + purpose + "\n" + machine;
    hkdf.init(new HKDFParameters(secret, salt, info.getBytes(StandardCharsets.UTF_8)));
    var derived = new byte[DERIVED];
    var _ = hkdf.generateBytes(derived, 0, derived.length);
    return derived;
  }

  /** Omits the key. */
  @Override
  public String toString() {
    return "SealingKey[redacted, " + origin + "]";
  }
}
