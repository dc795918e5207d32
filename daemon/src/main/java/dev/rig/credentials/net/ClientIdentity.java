package dev.rig.credentials.net;

import dev.rig.credentials.files.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Reads the private key for a client certificate or a signature: PEM, in PKCS #8, PKCS #1 or SEC 1.
 */
public final class ClientIdentity {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]*)-----END \\1-----");

  private static final AlgorithmIdentifier RSA =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);

  private static final ASN1ObjectIdentifier EC = X9ObjectIdentifiers.id_ecPublicKey;

  private ClientIdentity() {}

  /**
   * Reads a key.
   *
   * @throws GeneralSecurityException if the file contains no usable key
   */
  public static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    return key(RegularFile.text(file));
  }

  /**
   * Reads a key from the content of a file.
   *
   * @throws GeneralSecurityException if it contains no usable key
   */
  public static PrivateKey key(String pem) throws IOException, GeneralSecurityException {
    var matcher = BLOCK.matcher(pem);
    while (matcher.find()) {
      byte[] content = Base64.getMimeDecoder().decode(matcher.group(2));
      try {
        return decode(
            switch (matcher.group(1)) {
              case "RSA PRIVATE KEY" -> wrapped(RSA, RSAPrivateKey.getInstance(content));
              case "EC PRIVATE KEY" -> {
                var key = ECPrivateKey.getInstance(content);
                yield wrapped(new AlgorithmIdentifier(EC, key.getParametersObject()), key);
              }
              default -> content;
            });
      } catch (IllegalArgumentException e) {
        throw new InvalidKeySpecException("the syntax of its key is invalid");
      }
    }
    throw new InvalidKeySpecException("it contains no private key without a password");
  }

  private static PrivateKey decode(byte[] encoded) throws GeneralSecurityException {
    for (var algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        // Tries the next algorithm.
      }
    }
    throw new InvalidKeySpecException("the kind of its key is not supported");
  }

  /** Returns a key in PKCS #8 (RFC 5208, 5). */
  private static byte[] wrapped(AlgorithmIdentifier algorithm, ASN1Encodable key)
      throws IOException {
    return new PrivateKeyInfo(algorithm, key).getEncoded();
  }
}
