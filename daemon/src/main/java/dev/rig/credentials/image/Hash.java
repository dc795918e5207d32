package dev.rig.credentials.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash functions that are in use; every Java runtime has them. */
public enum Hash {
  /** For names only, where a standard asks for it: it protects nothing. */
  SHA1("SHA-1"),
  SHA256("SHA-256"),
  SHA512("SHA-512");

  private final String algorithm;

  Hash(String algorithm) {
    this.algorithm = algorithm;
  }

  /** The hash of the parts, one after the other. */
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

  /** The same in lower-case hex. */
  public String hex(byte[]... parts) {
    return HexFormat.of().formatHex(of(parts));
  }
}
