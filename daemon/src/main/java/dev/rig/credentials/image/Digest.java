package dev.rig.credentials.image;

import java.util.regex.Pattern;

/**
 * The digest of a manifest or blob: one of the OCI image specification's registered algorithms, and
 * the hash in lower-case hex.
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex with the algorithm's number of digits
 */
public record Digest(String algorithm, String hex) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SHA512 = Pattern.compile("[0-9a-f]{128}");

  /**
   * Validates the parts.
   *
   * @throws IllegalArgumentException if they do not match; the message contains neither
   */
  public Digest {
    var form =
        switch (algorithm) {
          case "sha256" -> SHA256;
          case "sha512" -> SHA512;
          default -> throw new IllegalArgumentException("it is neither sha256 nor sha512");
        };
    if (!form.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "it does not have the digits, in lower case, of its algorithm");
    }
  }

  /**
   * Parses {@code algorithm:hex}.
   *
   * @throws InvalidReferenceException if it is invalid
   */
  public static Digest parse(String text) throws InvalidReferenceException {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new InvalidReferenceException("a digest is an algorithm, a colon and its digits");
    }
    try {
      return new Digest(text.substring(0, colon), text.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      throw new InvalidReferenceException("not a digest: " + e.getMessage());
    }
  }

  /** Returns the sha256 digest of these bytes. */
  public static Digest sha256(byte[] content) {
    return of("sha256", content);
  }

  private static Digest of(String algorithm, byte[] content) {
    var hash = algorithm.equals("sha256") ? Hash.SHA256 : Hash.SHA512;
    return new Digest(algorithm, hash.hex(content));
  }

  /** Returns whether this is the digest of these bytes. */
  public boolean matches(byte[] content) {
    return equals(of(algorithm, content));
  }

  /** Returns {@code algorithm:hex}. */
  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
