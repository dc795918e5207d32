package dev.rig.credentials.testing.registry;

import dev.rig.credentials.testing.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;
import org.bouncycastle.util.io.pem.PemObject;

/** An authority that no machine trusts, and the certificates that it signs; valid for a day. */
public final class TestAuthority {
  private static final X500Name NAME = new X500Name("CN=Test Authority");
  private static final Provider BC = new BouncyCastleProvider();
  private static final char[] NO_PASSWORD = new char[0];

  /** The type of a certificate's keys. */
  public enum Keys {
    EC("EC", 256, "SHA256withECDSA"),
    RSA("RSA", 2048, "SHA256withRSA");

    private final String algorithm;
    private final int size;
    private final String signature;

    Keys(String algorithm, int size, String signature) {
      this.algorithm = algorithm;
      this.size = size;
      this.signature = signature;
    }
  }

  /** A key and its certificate. */
  public record Identity(PrivateKey key, X509Certificate certificate) {}

  /** Created by the first test that needs it. */
  private static final class Shared {
    static final TestAuthority RSA = new TestAuthority(Keys.RSA);
  }

  private final Keys keys;
  private final Identity own;

  /** Creates an authority. */
  public TestAuthority(Keys keys) {
    this.keys = keys;
    var pair = pair(keys);
    own = new Identity(pair.getPrivate(), sign(NAME, pair, pair.getPrivate(), null));
  }

  /**
   * Returns the authority with an RSA key for all tests that need none of their own: creating such
   * a key takes up to a second of processor time.
   */
  public static TestAuthority sharedRsa() {
    return Shared.RSA;
  }

  /** Returns its own certificate, in PEM. */
  public String pem() {
    return pem(own.certificate());
  }

  public Identity own() {
    return own;
  }

  /** Returns a certificate as PEM. */
  public static String pem(X509Certificate certificate) {
    return written(certificate);
  }

  /** Returns a key as PEM, in PKCS #8. */
  public static String pem(PrivateKey key) {
    return written(new PemObject("PRIVATE KEY", key.getEncoded()));
  }

  private static String written(Object object) {
    var text = new StringWriter();
    try (var pem = new JcaPEMWriter(text)) {
      pem.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Creates a key with a certificate for an address or a name, or several separated by commas. */
  public Identity identity(String addressOrName) {
    var pair = pair(keys);
    return new Identity(
        pair.getPrivate(), sign(new X500Name("CN=server"), pair, own.key(), addressOrName));
  }

  /**
   * Returns a server's TLS with a certificate for an address or a name, which trusts clients of
   * this authority.
   */
  public SSLContext server(String addressOrName) {
    var identity = identity(addressOrName);
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server",
          identity.key(),
          NO_PASSWORD,
          new Certificate[] {identity.certificate(), own.certificate()});
      var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, NO_PASSWORD);
      var context = SSLContext.getInstance("TLS");
      var trust = KeyStore.getInstance("PKCS12");
      trust.load(null, null);
      trust.setCertificateEntry("own", own.certificate());
      var clients = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      clients.init(trust);
      context.init(managers.getKeyManagers(), clients.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KeyPair pair(Keys keys) {
    try {
      var generator = KeyPairGenerator.getInstance(keys.algorithm, BC);
      generator.initialize(keys.size);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate sign(
      X500Name subject, KeyPair pair, PrivateKey signer, String addressOrName) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              NAME,
              BigInteger.valueOf(pair.getPublic().hashCode()).abs().add(BigInteger.ONE),
              Date.from(Instant.now().minus(Duration.ofHours(1))),
              Date.from(Instant.now().plus(Duration.ofDays(1))),
              subject,
              pair.getPublic());
      builder.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(addressOrName == null));
      if (addressOrName != null) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                Arrays.stream(addressOrName.split(",", -1))
                    .map(TestAuthority::name)
                    .toArray(GeneralName[]::new)));
      }
      var content = new JcaContentSignerBuilder(keys.signature).setProvider(BC).build(signer);
      return new JcaX509CertificateConverter().getCertificate(builder.build(content));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GeneralName name(String addressOrName) {
    boolean address = IPAddress.isValid(addressOrName);
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, addressOrName);
  }

  /** Returns a token of three parts, signed with the key of an RSA authority (RFC 7519, RS256). */
  public String token(Map<String, Object> claims) {
    try {
      var x5c = Base64.getEncoder().encodeToString(own.certificate().getEncoded());
      var header = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\"" + x5c + "\"]}";
      var encoder = Base64.getUrlEncoder().withoutPadding();
      var body = Json.bytes(claims);
      var start =
          encoder.encodeToString(header.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
              + "."
              + encoder.encodeToString(body);
      var signature = Signature.getInstance("SHA256withRSA", BC);
      signature.initSign(own.key());
      signature.update(start.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      return start + "." + encoder.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
