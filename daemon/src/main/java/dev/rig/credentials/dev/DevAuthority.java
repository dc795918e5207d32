package dev.rig.credentials.dev;

import dev.rig.credentials.image.Hash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * The development registry's own certificate authority, which signs only its certificates (RFC
 * 5280). The keys are P-256 of the JDK; BouncyCastle builds the certificate.
 */
final class DevAuthority {
  private static final Duration LIFE = Duration.ofDays(3650);

  /** Clients reject a server's certificate that is valid for more than 398 days. */
  private static final Duration LEAF_LIFE = Duration.ofDays(397);

  private static final Duration RENEWAL = Duration.ofDays(30);
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);
  private static final int SERIAL_BITS = 120;
  private static final int MARK_BITS = 40;
  private static final int PEM_LINE = 64;

  private static final AlgorithmIdentifier ALGORITHM =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  private final PrivateKey key;
  private final X509Certificate certificate;

  private DevAuthority(PrivateKey key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  /**
   * A server's certificate and private key, in PEM.
   *
   * @param certificate public
   * @param key secret
   */
  record CertificateAndKey(String certificate, String key) {
    /** Omits the key. */
    @Override
    public String toString() {
      return "Identity[redacted]";
    }
  }

  /** Creates an authority, valid for ten years. */
  static DevAuthority create(Instant now) {
    try {
      var pair = pair();
      // Distinguishes two authorities of the same machine, one of which may be trusted from
      // earlier.
      var mark = new BigInteger(MARK_BITS, new SecureRandom()).toString(Character.MAX_RADIX);
      var name = new X500Name("CN=Rig Credentials development registry " + mark);
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      extensions.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      extensions.addExtension(
          Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(id(pair.getPublic())));
      return new DevAuthority(
          pair.getPrivate(),
          issue(pair.getPrivate(), name, name, pair.getPublic(), now, LIFE, extensions));
    } catch (GeneralSecurityException | IOException e) {
      throw failed(e);
    }
  }

  /**
   * Restores a saved authority.
   *
   * @param key as {@link #key()} returned it
   * @param certificate as {@link #certificate()} returned it
   * @throws DevException if they are invalid
   */
  static DevAuthority of(byte[] key, byte[] certificate) {
    try {
      return new DevAuthority(
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
          read(certificate));
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  /** Returns the private key, as PKCS #8. */
  byte[] key() {
    return key.getEncoded();
  }

  /** Returns the certificate, as DER. */
  byte[] certificate() {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  /** Returns the certificate, as PEM: what clients must trust. */
  String pem() {
    return pem("CERTIFICATE", certificate());
  }

  /** Creates a server's key with a certificate for the addresses and names of the place. */
  CertificateAndKey sign(DevRegistryAddress place, Instant now) {
    try {
      var pair = pair();
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      extensions.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      extensions.addExtension(Extension.subjectAlternativeName, false, names(place));
      extensions.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(id(certificate.getPublicKey())));
      var issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
      var subject = new X500Name("CN=Rig Credentials development registry");
      var signed = issue(key, issuer, subject, pair.getPublic(), now, LEAF_LIFE, extensions);
      return new CertificateAndKey(
          pem("CERTIFICATE", signed.getEncoded()),
          pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    } catch (GeneralSecurityException | IOException e) {
      throw failed(e);
    }
  }

  /**
   * Returns whether the certificate is from this authority, for that place, and valid for at least
   * a month.
   */
  boolean stillGood(byte[] pem, DevRegistryAddress place, Instant now) {
    try {
      var leaf = read(pem);
      leaf.verify(certificate.getPublicKey());
      var alternatives = leaf.getSubjectAlternativeNames();
      return !now.isBefore(leaf.getNotBefore().toInstant())
          && now.plus(RENEWAL).isBefore(leaf.getNotAfter().toInstant())
          && alternatives != null
          && alternatives.stream().anyMatch(name -> place.address().equals(name.get(1)));
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Returns sockets that trust only this authority. */
  SSLSocketFactory sockets() {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("dev", certificate);
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw failed(e);
    }
  }

  private static GeneralNames names(DevRegistryAddress place) {
    var address =
        new GeneralName(GeneralName.iPAddress, new DEROctetString(place.inet().getAddress()));
    return DevRegistryAddress.isLoopback(place.address())
        ? new GeneralNames(
            new GeneralName[] {address, new GeneralName(GeneralName.dNSName, "localhost")})
        : new GeneralNames(address);
  }

  private static X509Certificate issue(
      PrivateKey signer,
      X500Name issuer,
      X500Name subject,
      PublicKey key,
      Instant now,
      Duration life,
      ExtensionsGenerator extensions)
      throws GeneralSecurityException, IOException {
    var generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(
        new ASN1Integer(new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS)));
    generator.setIssuer(issuer);
    generator.setSubject(subject);
    generator.setStartDate(new Time(Date.from(now.minus(CLOCKS_DIFFER))));
    generator.setEndDate(new Time(Date.from(now.minus(CLOCKS_DIFFER).plus(life))));
    generator.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    generator.setSignature(ALGORITHM);
    generator.setExtensions(extensions.generate());
    var content = generator.generateTBSCertificate();
    var signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(signer);
    signature.update(content.getEncoded("DER"));
    return read(
        new DERSequence(
                new ASN1Encodable[] {content, ALGORITHM, new DERBitString(signature.sign())})
            .getEncoded("DER"));
  }

  private static KeyPair pair() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /**
   * Returns the key's id by RFC 5280, 4.2.1.2: the SHA-1 of the key's bits, an identifier without a
   * security purpose.
   */
  private static byte[] id(PublicKey key) {
    var bits = SubjectPublicKeyInfo.getInstance(key.getEncoded()).getPublicKeyData().getBytes();
    return Hash.SHA1.of(bits);
  }

  private static X509Certificate read(byte[] derOrPem) throws GeneralSecurityException {
    var read =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(derOrPem));
    if (read instanceof X509Certificate found) {
      return found;
    }
    throw new CertificateException("not an X.509 certificate");
  }

  private static String pem(String what, byte[] content) {
    var lines = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, lines, what);
  }

  /** Wraps a JDK exception, whose message describes a format and contains no input. */
  private static DevException failed(Exception e) {
    return new DevException("the registry's own authority cannot be used: " + e.getMessage(), e);
  }
}
