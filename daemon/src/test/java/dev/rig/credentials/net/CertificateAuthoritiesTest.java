package dev.rig.credentials.net;

import static dev.rig.credentials.testing.registry.HostileRegistry.reply;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.net.HttpFailure.HttpFailureKind;
import dev.rig.credentials.testing.registry.HostileRegistry;
import dev.rig.credentials.testing.registry.TestAuthority;
import dev.rig.credentials.testing.registry.TestAuthority.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The trusted authorities and client certificates, according to a machine's files. */
class CertificateAuthoritiesTest {
  @TempDir private Path etc;

  private final TestAuthority authority = new TestAuthority(Keys.EC);

  private HostileRegistry server() {
    return HostileRegistry.start((asked, out) -> reply(out, 200, "{}"))
        .keepingAlive()
        .with(authority.server(HttpFixture.HOST));
  }

  private HttpFixture client(int port) {
    return new HttpFixture(
        port, new CertificateAuthorities(List.of(), Map.of(), HostCertificates.of(etc)));
  }

  private Path write(String path, String text) throws IOException {
    var file = etc.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static HttpRequest get(HostileRegistry server) {
    return HttpFixture.get("https", server.port(), "/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker", "containers"})
  void anAuthorityInTheFolderOfAHostSignsForThatHost(String program) throws Exception {
    try (var server = server();
        var other = server()) {
      write(
          "%s/certs.d/%s:%d/ca.crt".formatted(program, HttpFixture.HOST, server.port()),
          authority.pem());
      assertEquals(200, client(server.port()).send(get(server)).status());
      assertEquals(HttpFailureKind.UNTRUSTED, client(other.port()).failure(get(other)).kind());
    }
  }

  @Test
  void theUsualPortMayBeLeftOut() throws Exception {
    write("docker/certs.d/registry.test/ca.crt", authority.pem());
    write("docker/certs.d/other.test:443/ca.crt", authority.pem());
    var machine = HostCertificates.of(etc);
    assertEquals(1, machine.find(Origin.of("https", "registry.test")).authorities().size());
    assertEquals(1, machine.find(Origin.of("https", "other.test")).authorities().size());
    assertTrue(machine.find(Origin.of("https", "registry.test:5000")).isEmpty());
  }

  @Test
  void aFolderThatChangesCounts() throws Exception {
    try (var server = server()) {
      var client = client(server.port());
      assertEquals(HttpFailureKind.UNTRUSTED, client.failure(get(server)).kind());
      var file =
          write(
              "docker/certs.d/%s:%d/ca.crt".formatted(HttpFixture.HOST, server.port()),
              authority.pem());
      assertEquals(200, client.send(get(server)).status());
      Files.writeString(file, new TestAuthority(Keys.EC).pem());
      Files.setLastModifiedTime(file, FileTime.fromMillis(1));
      assertEquals(
          HttpFailureKind.UNTRUSTED,
          client.failure(get(server)).kind(),
          "a connection that was made with the former trust is not used");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssl/certs/ca-certificates.crt",
        "pki/tls/certs/ca-bundle.crt",
        "ssl/ca-bundle.pem",
        "ssl/cert.pem"
      })
  void theStoreOfTheSystemIsTrusted(String bundle) throws Exception {
    try (var server = server()) {
      write(bundle, TestAuthority.sharedRsa().pem() + authority.pem());
      assertEquals(200, client(server.port()).send(get(server)).status());
    }
  }

  @Test
  void aBrokenStoreOfTheSystemIsIgnored() throws Exception {
    write("ssl/certs/ca-certificates.crt", "no certificate");
    try (var server = server()) {
      assertEquals(HttpFailureKind.UNTRUSTED, client(server.port()).failure(get(server)).kind());
    }
  }

  @ParameterizedTest
  @EnumSource(Keys.class)
  void aCertificateIsShownWhereTheHostHasOne(Keys keys) throws Exception {
    var signer = keys == Keys.RSA ? TestAuthority.sharedRsa() : new TestAuthority(keys);
    try (var server =
        HostileRegistry.start((asked, out) -> reply(out, 200, "{}"))
            .with(signer.server(HttpFixture.HOST))
            .wantingIdentity()) {
      var folder = "docker/certs.d/%s:%d/".formatted(HttpFixture.HOST, server.port());
      write(folder + "ca.crt", signer.pem());
      var failure = client(server.port()).failure(get(server));
      assertEquals(HttpFailureKind.BROKEN, failure.kind(), failure.getMessage());
      var identity = signer.identity("client.test");
      write(folder + "client.cert", TestAuthority.pem(identity.certificate()));
      write(folder + "client.key", TestAuthority.pem(identity.key()));
      assertEquals(200, client(server.port()).send(get(server)).status());
    }
  }

  private static String pem(String label, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(content));
  }

  private PrivateKey read(String pem) throws IOException, GeneralSecurityException {
    return ClientIdentity.key(write("key", pem));
  }

  @Test
  void keysAreReadInTheFormsThatOpensslWrites() throws Exception {
    var rsa = TestAuthority.sharedRsa().own().key();
    assertArrayEquals(rsa.getEncoded(), read(TestAuthority.pem(rsa)).getEncoded());
    var pkcs1 = PrivateKeyInfo.getInstance(rsa.getEncoded()).parsePrivateKey();
    assertArrayEquals(
        rsa.getEncoded(),
        read(pem("RSA PRIVATE KEY", pkcs1.toASN1Primitive().getEncoded())).getEncoded());

    var ec = authority.own().key();
    var info = PrivateKeyInfo.getInstance(ec.getEncoded());
    var inside = ECPrivateKey.getInstance(info.parsePrivateKey());
    var sec1 =
        new ECPrivateKey(
            256,
            inside.getKey(),
            inside.getPublicKey(),
            info.getPrivateKeyAlgorithm().getParameters());
    var read =
        (java.security.interfaces.ECPrivateKey) read(pem("EC PRIVATE KEY", sec1.getEncoded()));
    assertEquals(inside.getKey(), read.getS());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"
      })
  void invalidKeyIsRejected(String text) {
    assertThrows(GeneralSecurityException.class, () -> read(text));
  }

  @Test
  void aCertificateWithoutItsKeyIsRefusedWithTheReason() throws Exception {
    write("docker/certs.d/registry.test:5000/ca.cert", authority.pem());
    var failure = client(5000).failure(HttpFixture.get("https", 5000, "/"));
    assertEquals(HttpFailureKind.REFUSED, failure.kind());
    assertTrue(String.valueOf(failure.getMessage()).contains("has no .key file next to it"));
  }

  /** As Docker does; otherwise the registry would reject the client without a clear reason. */
  @ParameterizedTest
  @ValueSource(strings = {"client.key", "client.cert.key", ".key"})
  void aKeyWithoutItsCertificateIsRefusedWithTheReason(String name) throws Exception {
    write(
        "containers/certs.d/registry.test:5000/" + name, TestAuthority.pem(authority.own().key()));
    var failure = client(5000).failure(HttpFixture.get("https", 5000, "/"));
    assertEquals(HttpFailureKind.REFUSED, failure.kind());
    assertTrue(String.valueOf(failure.getMessage()).contains("has no certificate next to it"));
  }

  @Test
  void aHostWithAnAuthorityOfItsOwnTrustsNoFileOfTheMachine() throws Exception {
    try (var server = server()) {
      var host = HttpFixture.HOST + ":" + server.port();
      write("docker/certs.d/%s/ca.crt".formatted(host), authority.pem());
      var own = write("own.pem", new TestAuthority(Keys.EC).pem());
      var authorities =
          new CertificateAuthorities(List.of(), Map.of(host, own), HostCertificates.of(etc));
      var failure = new HttpFixture(server.port(), authorities).failure(get(server));
      assertEquals(HttpFailureKind.UNTRUSTED, failure.kind());
    }
  }
}
