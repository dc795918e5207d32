package dev.rig.credentials.store;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * The key that files are sealed with, bound to a machine. It never seals anything itself: for each
 * file that is written a key of its own is derived from it.
 */
public final class SealingKey {
  /** The fewest bytes that a key has. */
  public static final int SHORTEST = 32;

  private static final int DERIVED = 32;

  private final byte[] secret;
  private final String machine;
  private final KeyOrigin origin;

  /** Where a key comes from. */
  public enum KeyOrigin {
    /** systemd's credentials, {@code $CREDENTIALS_DIRECTORY}. */
    SYSTEMD,
    /** A file that was named. */
    FILE,
    /** A file beside the data, made by this daemon: it protects a lost copy of a file only. */
    GENERATED
  }

  /**
   * A key.
   *
   * @param secret at least {@link #SHORTEST} bytes, all of which count
   * @param machine what tells this machine from others; files of another cannot be opened
   */
  public SealingKey(byte[] secret, String machine, KeyOrigin origin) {
    if (secret.length < SHORTEST) {
      throw new IllegalArgumentException("a sealing key has at least " + SHORTEST + " bytes");
    }
    this.secret = secret.clone();
    this.machine = machine;
    this.origin = origin;
  }

  /** Where it comes from. */
  public KeyOrigin origin() {
    return origin;
  }

  /**
   * The key of one file: HKDF with SHA-256 (RFC 5869).
   *
   * @param salt random, of that file alone
   * @param purpose what the file is for
   */
  byte[] derive(byte[] salt, String purpose) {
    var hkdf = new HKDFBytesGenerator(SHA256Digest.newInstance());
    var info = "rig-credentials\n" + purpose + "\n" + machine;
    hkdf.init(new HKDFParameters(secret, salt, info.getBytes(StandardCharsets.UTF_8)));
    var derived = new byte[DERIVED];
    var _ = hkdf.generateBytes(derived, 0, derived.length);
    return derived;
  }

  /** The key is left out. */
  @Override
  public String toString() {
    return "SealingKey[redacted, " + origin + "]";
  }
}
