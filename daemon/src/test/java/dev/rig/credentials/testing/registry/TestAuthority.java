package dev.rig.credentials.testing.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** An authority that nobody knows, and the certificates that it signs; good for a day. */
public final class TestAuthority {
  private static final X500Name NAME = new X500Name("CN=Test Authority");
  private static final char[] NO_PASSWORD = new char[0];

  /** What the keys of a certificate are. */
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

  private final Keys keys;
  private final Identity own;

  /** A new authority. */
  public TestAuthority(Keys keys) {
    this.keys = keys;
    var pair = pair(keys);
    own = new Identity(pair.getPrivate(), sign(NAME, pair, pair.getPrivate(), null));
  }

  /** Its own certificate, in PEM. */
  public String pem() {
    return pem(own.certificate());
  }

  public Identity own() {
    return own;
  }

  /** A certificate as PEM. */
  public static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A key as PEM, in PKCS #8. */
  public static String pem(PrivateKey key) {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  private static String pem(String label, byte[] content) {
    var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, text);
  }

  /** A new key with a certificate for an address or a name. */
  public Identity identity(String addressOrName) {
    var pair = pair(keys);
    return new Identity(
        pair.getPrivate(), sign(new X500Name("CN=server"), pair, own.key(), addressOrName));
  }

  /** A server's TLS with a certificate for an address or a name, which trusts clients of this. */
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
      var generator = KeyPairGenerator.getInstance(keys.algorithm, new BouncyCastleProvider());
      generator.initialize(keys.size);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate sign(
      X500Name subject, KeyPair pair, PrivateKey signer, String addressOrName) {
    try {
      var algorithm =
          new AlgorithmIdentifier(
              keys == Keys.EC
                  ? X9ObjectIdentifiers.ecdsa_with_SHA256
                  : PKCSObjectIdentifiers.sha256WithRSAEncryption);
      var generator = new V3TBSCertificateGenerator();
      generator.setSerialNumber(
          new org.bouncycastle.asn1.ASN1Integer(
              BigInteger.valueOf(pair.getPublic().hashCode()).abs().add(BigInteger.ONE)));
      generator.setIssuer(NAME);
      generator.setSubject(subject);
      generator.setStartDate(new Time(Date.from(Instant.now().minus(Duration.ofHours(1)))));
      generator.setEndDate(new Time(Date.from(Instant.now().plus(Duration.ofDays(1)))));
      generator.setSubjectPublicKeyInfo(
          SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
      generator.setSignature(algorithm);
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(addressOrName == null));
      if (addressOrName != null) {
        extensions.addExtension(
            Extension.subjectAlternativeName, false, new GeneralNames(name(addressOrName)));
      }
      generator.setExtensions(extensions.generate());
      var toSign = generator.generateTBSCertificate();
      var signature = Signature.getInstance(keys.signature, new BouncyCastleProvider());
      signature.initSign(signer);
      signature.update(toSign.getEncoded("DER"));
      var whole =
          new DERSequence(
              new org.bouncycastle.asn1.ASN1Encodable[] {
                toSign, algorithm, new DERBitString(signature.sign())
              });
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(whole.getEncoded("DER")));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GeneralName name(String addressOrName) {
    try {
      var address = InetAddress.ofLiteral(addressOrName).getAddress();
      return new GeneralName(GeneralName.iPAddress, new DEROctetString(address));
    } catch (IllegalArgumentException notAnAddress) {
      return new GeneralName(GeneralName.dNSName, addressOrName);
    }
  }

  /** A token of three parts, signed with the key of an RSA authority (RFC 7519, RS256). */
  public String token(Map<String, Object> claims) {
    try {
      var x5c = Base64.getEncoder().encodeToString(own.certificate().getEncoded());
      var header = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\"" + x5c + "\"]}";
      var encoder = Base64.getUrlEncoder().withoutPadding();
      var body = com.fasterxml.jackson.jr.ob.JSON.std.asBytes(claims);
      var start =
          encoder.encodeToString(header.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
              + "."
              + encoder.encodeToString(body);
      var signature = Signature.getInstance("SHA256withRSA", new BouncyCastleProvider());
      signature.initSign(own.key());
      signature.update(start.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      return start + "." + encoder.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
