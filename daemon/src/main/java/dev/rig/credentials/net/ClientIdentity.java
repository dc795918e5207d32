package dev.rig.credentials.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads the private key of a certificate that this side shows: PEM, in PKCS #8, PKCS #1 or SEC 1.
 */
final class ClientIdentity {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]*)-----END \\1-----");

  /** {@code SEQUENCE { rsaEncryption, NULL }} (RFC 8017, A.1). */
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

  /** {@code id-ecPublicKey} (RFC 5480, 2.1.1). */
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

  private static final byte[] VERSION = {2, 1, 0};

  private ClientIdentity() {}

  /**
   * Reads a key.
   *
   * @throws GeneralSecurityException if the file holds none that can be used
   */
  static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    var matcher = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      byte[] content = Base64.getMimeDecoder().decode(matcher.group(2));
      var encoded =
          switch (matcher.group(1)) {
            case "RSA PRIVATE KEY" -> wrapped(RSA, content);
            case "EC PRIVATE KEY" -> wrapped(der(0x30, EC, curve(content)), content);
            default -> content;
          };
      return decode(encoded);
    }
    throw new InvalidKeySpecException("it has no private key without a password in it");
  }

  private static PrivateKey decode(byte[] encoded) throws GeneralSecurityException {
    for (var algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        // The next algorithm, or none.
      }
    }
    throw new InvalidKeySpecException("its key is of no known kind");
  }

  /** A key as PKCS #8 has it (RFC 5208, 5). */
  private static byte[] wrapped(byte[] algorithm, byte[] content) {
    return der(0x30, VERSION, algorithm, der(4, content));
  }

  /** The curve in {@code parameters [0]} of {@code ECPrivateKey} (RFC 5915, 3). */
  private static byte[] curve(byte[] content) throws InvalidKeySpecException {
    for (int at = 0; at + 3 < content.length; at++) {
      int length = content[at + 1];
      boolean parameters = (content[at] & 0xff) == 0xa0 && content[at + 2] == 6;
      if (parameters && length == content[at + 3] + 2 && at + 2 + length <= content.length) {
        return Arrays.copyOfRange(content, at + 2, at + 2 + length);
      }
    }
    throw new InvalidKeySpecException("its key does not name a curve");
  }

  private static byte[] der(int tag, byte[]... parts) {
    var content = new ByteArrayOutputStream();
    for (var part : parts) {
      content.writeBytes(part);
    }
    var whole = new ByteArrayOutputStream();
    whole.write(tag);
    int length = content.size();
    if (length >= 0x80) {
      int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
      whole.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        whole.write(length >> (i * Byte.SIZE));
      }
    } else {
      whole.write(length);
    }
    whole.writeBytes(content.toByteArray());
    return whole.toByteArray();
  }
}
