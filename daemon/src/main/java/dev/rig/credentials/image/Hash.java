package dev.rig.credentials.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash functions; every Java runtime has them. */
public enum Hash {
  /** Only for identifiers that a standard defines; without a security purpose. */
  SHA1("SHA-1"),
  SHA256("SHA-256"),
  SHA512("SHA-512");

  private final String algorithm;

  Hash(String algorithm) {
    this.algorithm = algorithm;
  }

  /** Returns the hash of the concatenated parts. */
  public byte[] of(byte[]... parts) {
    try {
      var digest = MessageDigest.getInstance(algorithm);
      for (var part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has " + algorithm, e);
    }
  }

  /** Returns the hash in lower-case hex. */
  public String hex(byte[]... parts) {
    return HexFormat.of().formatHex(of(parts));
  }
}
