package dev.rig.credentials.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DevAuthorityTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final DevRegistryAddress PLACE = new DevRegistryAddress("192.0.2.7", 30_000, true);

  private final DevAuthority authority = DevAuthority.create(NOW);

  private static X509Certificate read(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static byte[] bytes(String pem) {
    return pem.getBytes(StandardCharsets.US_ASCII);
  }

  private static Duration life(X509Certificate certificate) {
    return Duration.between(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  @Test
  void authoritySignsServersAndNoOtherAuthority() throws Exception {
    var own = read(authority.pem());
    own.verify(own.getPublicKey());
    assertEquals(0, own.getBasicConstraints());
    assertEquals(Set.of("2.5.29.15", "2.5.29.19"), own.getCriticalExtensionOIDs());
    var usage = own.getKeyUsage();
    assertTrue(usage[5] && usage[6], "it signs certificates and lists of revoked ones");
    assertFalse(usage[0], "it is no server");
  }

  @Test
  void certificateIsForAServerAtThePlaceAndShortEnoughForEveryClient() throws Exception {
    var leaf = read(authority.sign(PLACE, NOW).certificate());
    leaf.verify(read(authority.pem()).getPublicKey());
    assertEquals(-1, leaf.getBasicConstraints());
    assertEquals(List.of("1.3.6.1.5.5.7.3.1"), leaf.getExtendedKeyUsage());
    assertEquals(Set.of("192.0.2.7"), names(leaf));
    assertTrue(life(leaf).compareTo(Duration.ofDays(398)) < 0);
    leaf.checkValidity(java.util.Date.from(NOW));
  }

  @Test
  void certificateOfLoopbackHasItsNameToo() throws Exception {
    var loopback = new DevRegistryAddress(DevRegistryAddress.LOOPBACK, 30_000, true);
    var leaf = read(authority.sign(loopback, NOW).certificate());
    assertEquals(Set.of("127.0.0.1", "localhost"), names(leaf));
  }

  private static Set<String> names(X509Certificate certificate) throws GeneralSecurityException {
    return certificate.getSubjectAlternativeNames().stream()
        .map(name -> name.get(1).toString())
        .collect(Collectors.toSet());
  }

  @Test
  void certificateIsRenewedInItsLastMonth() {
    var leaf = bytes(authority.sign(PLACE, NOW).certificate());
    assertTrue(authority.stillGood(leaf, PLACE, NOW.plus(Duration.ofDays(366))));
    assertFalse(authority.stillGood(leaf, PLACE, NOW.plus(Duration.ofDays(368))));
    assertFalse(authority.stillGood(leaf, PLACE, NOW.minus(Duration.ofDays(1))));
  }

  @Test
  void certificateOfAnotherPlaceOrAuthorityIsReplaced() {
    var leaf = bytes(authority.sign(PLACE, NOW).certificate());
    var elsewhere = new DevRegistryAddress("192.0.2.8", 30_000, true);
    assertFalse(authority.stillGood(leaf, elsewhere, NOW));
    assertFalse(DevAuthority.create(NOW).stillGood(leaf, PLACE, NOW));
    assertFalse(authority.stillGood(bytes("no certificate"), PLACE, NOW));
  }

  @Test
  void authorityThatWasKeptSignsAsBefore() throws Exception {
    var kept = DevAuthority.of(authority.key(), authority.certificate());
    assertEquals(authority.pem(), kept.pem());
    var leaf = read(kept.sign(PLACE, NOW).certificate());
    leaf.verify(read(authority.pem()).getPublicKey());
    var other = read(DevAuthority.create(NOW).pem()).getPublicKey();
    assertThrows(SignatureException.class, () -> leaf.verify(other));
  }

  @Test
  void recordPrintsNoKey() {
    var identity = authority.sign(PLACE, NOW);
    assertFalse(identity.toString().contains("PRIVATE"));
    var record = new DevRecord(PLACE, DevLogin.login(new java.security.SecureRandom()), null, 0);
    assertFalse(record.toString().contains(record.credential().secret().reveal()));
    assertNull(record.signer());
  }
}
