package dev.rig.credentials.net;

import static dev.rig.credentials.testing.registry.HostileRegistry.reply;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.net.HttpFailure.HttpFailureKind;
import dev.rig.credentials.testing.registry.HostileRegistry;
import dev.rig.credentials.testing.registry.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpClientTest {
  @TempDir private Path folder;

  private static HostileRegistry saying(String text) {
    return HostileRegistry.start((asked, out) -> write(out, text));
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  // The address

  @Test
  void theAddressThatIsCheckedIsConnectedToAndTheNameIsLookedUpOnce() throws Exception {
    try (var server = HostileRegistry.start((asked, out) -> reply(out, 200, "here"))) {
      var fixture = new HttpFixture(server);
      assertEquals("here", HttpFixture.text(fixture.get(server, "/")));
      assertEquals(List.of(HttpFixture.HOST), fixture.lookups);
      assertEquals(
          HttpFixture.HOST + ":" + server.port(), server.asked().getFirst().header("host"));
    }
  }

  @Test
  void theCertificateIsCheckedAgainstTheNameAndNotTheAddress() throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    var file = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    try (var named =
            HostileRegistry.start((asked, out) -> reply(out, 200, "here"))
                .with(authority.server(HttpFixture.HOST));
        var addressed =
            HostileRegistry.start((asked, out) -> reply(out, 200, "here"))
                .with(authority.server("127.0.0.1"))) {
      var right = new HttpFixture(named.port(), List.of(file), null);
      assertEquals(200, right.send(HttpFixture.get("https", named.port(), "/")).status());
      var wrong = new HttpFixture(addressed.port(), List.of(file), null);
      var failure = wrong.failure(HttpFixture.get("https", addressed.port(), "/"));
      assertEquals(HttpFailureKind.UNTRUSTED, failure.kind());
      assertEquals(List.of(), addressed.asked());
    }
  }

  @Test
  void everyAddressOfANameMustBeAllowed() throws Exception {
    try (var server = HostileRegistry.start((asked, out) -> reply(out, 200, ""))) {
      var addresses = List.of("127.0.0.1", "169.254.169.254");
      var fixture = new HttpFixture(server.port(), List.of(), null, HttpTransport.IDLE, addresses);
      assertEquals(HttpFailureKind.REFUSED, fixture.failure(server).kind());
      assertEquals(0, server.connections());
    }
  }

  @Test
  void theNextAddressIsTriedWhereNothingListens() throws Exception {
    try (var server = HostileRegistry.start((asked, out) -> reply(out, 200, "here"))) {
      var addresses = List.of("127.0.0.3", "127.0.0.1");
      var fixture = new HttpFixture(server.port(), List.of(), null, HttpTransport.IDLE, addresses);
      assertEquals(200, fixture.get(server, "/").status());
    }
  }

  @Test
  void missingListenerIsReported() throws Exception {
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var failure =
        new HttpFixture(port, List.of(), null).failure(HttpFixture.get("http", port, "/"));
    assertEquals(HttpFailureKind.NO_LISTENER, failure.kind());
    assertEquals("nothing answers at registry.test:" + port, failure.getMessage());
  }

  // What is sent

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/",
        "//double//slash",
        "/a/../b/./c",
        "/%2e%2E/%7euser",
        "/?a=%2f&b=%2F&c=+&d",
        "/x?",
        "/s3?X-Amz-Credential=a%2Fb%2f&X-Amz-Signature=~!$'()*,;:@[1]"
      })
  void aTargetIsSentByteForByte(String target) throws Exception {
    try (var server = HostileRegistry.start((asked, out) -> reply(out, 200, ""))) {
      new HttpFixture(server).get(server, target);
      assertEquals(target, server.asked().getFirst().target());
    }
  }

  @Test
  void nothingUnrequestedIsSent() throws Exception {
    try (var server = HostileRegistry.start((asked, out) -> reply(out, 200, ""))) {
      new HttpFixture(server).get(server, "/");
      assertEquals(
          Set.of("host", "user-agent", "accept-encoding", "connection"),
          new TreeSet<>(server.asked().getFirst().headers().keySet()));
      assertEquals("identity", server.asked().getFirst().header("accept-encoding"));
    }
  }

  @Test
  void aBodyIsSentWhole() throws Exception {
    try (var server = HostileRegistry.start((asked, out) -> reply(out, 200, ""))) {
      var address = Origin.of("http", HttpFixture.HOST + ":" + server.port()).at("/token");
      new HttpFixture(server)
          .send(HttpRequest.post(address, "application/x-www-form-urlencoded", Secret.of("a=b&c")));
      var asked = server.asked().getFirst();
      assertEquals("POST a=b&c", asked.method() + " " + asked.body());
      assertEquals("application/x-www-form-urlencoded", asked.header("content-type"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308, 401, 407, 429, 500, 503})
  void anyResponseIsReturnedAndNothingIsRetried(int status) throws Exception {
    try (var server =
        HostileRegistry.start((asked, out) ->
            reply(
                out,
                status,
                "said",
                "Location: /elsewhere",
                "Retry-After: 0",
                "Set-Cookie: a=b; Path=/",
                "Upgrade: TLS/1.2, h2c",
                "WWW-Authenticate: Basic realm=\"r\"",
                "Proxy-Authenticate: Basic realm=\"r\""))) {
      var fixture = new HttpFixture(server);
      var response = fixture.get(server, "/");
      assertEquals(status, response.status());
      assertEquals("said", HttpFixture.text(response));
      assertEquals("/elsewhere", response.header("location"));
      assertEquals(1, server.asked().size());
      fixture.get(server, "/");
      assertNull(server.asked().getLast().headers().get("cookie"));
    }
  }

  // What is read

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nName : x\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: one\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}"
      })
  void invalidHttpIsRefused(String text) {
    try (var server = saying(text)) {
      assertEquals(HttpFailureKind.INVALID, new HttpFixture(server).failure(server).kind(), text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}"
      })
  void anAnswerThatBreaksOffIsABrokenConnection(String text) {
    try (var server = saying(text)) {
      assertEquals(HttpFailureKind.BROKEN, new HttpFixture(server).failure(server).kind(), text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.0 200\r\n\r\n{}",
        "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\n{\r\n1\r\n}\r\n0\r\nT:x\r\n\r\n",
        "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}"
      })
  void everyFormOfABodyIsRead(String text) throws Exception {
    try (var server = saying(text)) {
      assertEquals("{}", HttpFixture.text(new HttpFixture(server).get(server, "/")));
    }
  }

  @Test
  void interimResponsesAreLimited() {
    try (var server = saying("HTTP/1.1 102 Processing\r\n\r\n".repeat(1000))) {
      assertEquals(HttpFailureKind.INVALID, new HttpFixture(server).failure(server).kind());
    }
  }

  @Test
  void headersAreBoundedInLengthAndNumber() {
    for (var head : List.of("X: " + "x".repeat(17_000), "X: y\r\n".repeat(200) + "X: y")) {
      try (var server = saying("HTTP/1.1 200 OK\r\n" + head + "\r\nContent-Length: 0\r\n\r\n")) {
        assertEquals(HttpFailureKind.INVALID, new HttpFixture(server).failure(server).kind());
      }
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void unrequestedGzipIsDecoded() throws Exception {
    byte[] body = "[1, 2, 3]".getBytes(StandardCharsets.UTF_8);
    byte[] packed = gzip(body);
    try (var server =
        HostileRegistry.start((asked, out) -> reply(out, 200, packed, "Content-Encoding: gzip"))) {
      assertArrayEquals(body, new HttpFixture(server).get(server, "/").body());
    }
  }

  @Test
  void gzipIsLimitedByItsDecodedSize() throws Exception {
    byte[] packed = gzip(new byte[5 * 1024 * 1024]);
    assertTrue(packed.length < 64 * 1024);
    try (var server =
        HostileRegistry.start((asked, out) -> reply(out, 200, packed, "Content-Encoding: gzip"))) {
      var failure = new HttpFixture(server).failure(server);
      assertEquals(HttpFailureKind.INVALID, failure.kind());
      assertTrue(String.valueOf(failure.getMessage()).contains("more than 4 MiB"));
    }
  }

  @Test
  void invalidGzipIsRejected() {
    try (var server =
        HostileRegistry.start((asked, out) -> reply(out, 200, "{}", "Content-Encoding: gzip"))) {
      var failure = new HttpFixture(server).failure(server);
      assertTrue(String.valueOf(failure.getMessage()).contains("gzip"), failure.getMessage());
    }
  }

  // Proxies

  @Test
  void aProxysResponseIsNotTheRegistrys() {
    for (int status : new int[] {200 + 1, 302, 401, 404, 407, 502}) {
      try (var proxy =
          HostileRegistry.start((asked, out) ->
              reply(
                  out,
                  status,
                  "{}",
                  "WWW-Authenticate: Bearer realm=\"https://elsewhere.example/\"",
                  "Location: https://elsewhere.example/"))) {
        var address = URI.create("http://u:p%40@" + proxy.host());
        var fixture = new HttpFixture(443, List.of(), address);
        var request = HttpFixture.get("https", 443, "/").authorised(Secret.of("Basic x"));
        var failure = fixture.failure(request);
        assertEquals(HttpFailureKind.UNREACHABLE, failure.kind());
        assertEquals(
            "the proxy %s answered %d for registry.test".formatted(proxy.host(), status),
            failure.getMessage());
        assertEquals(1, proxy.asked().size());
        assertEquals("Basic dTpwQA==", proxy.asked().getFirst().header("proxy-authorization"));
        assertEquals("", proxy.asked().getFirst().header("authorization"));
        assertEquals(List.of(), fixture.lookups, "the proxy looks the name up");
      }
    }
  }

  @Test
  void aForwardingProxyGetsTheWholeAddressAndItsPassword() throws Exception {
    try (var proxy = HostileRegistry.start((asked, out) -> reply(out, 200, "{}"))) {
      var fixture = new HttpFixture(81, List.of(), URI.create("http://u:p@" + proxy.host()));
      var response = fixture.send(HttpFixture.get("http", 81, "//a?b=%2f"));
      assertEquals(NetworkZone.PUBLIC, response.zone());
      var asked = proxy.asked().getFirst();
      assertEquals("http://registry.test:81//a?b=%2f", asked.target());
      assertEquals("Basic dTpw", asked.header("proxy-authorization"));
      assertEquals("registry.test:81", asked.header("host"));
    }
  }

  @Test
  void aHeaderIsOneLine() {
    var address = Origin.of("http", "h").at("/");
    for (var value : List.of("a\r\nX: y", "a\nb", "\u00e9", "a\u0000")) {
      assertThrows(IllegalArgumentException.class, () -> HttpRequest.get(address).with("X", value));
      assertThrows(
          IllegalArgumentException.class,
          () -> HttpRequest.get(address).authorised(Secret.of(value)));
    }
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "x-gzip", "GZIP", "gzip, identity", "deflate", "br"})
  void noBodyHasNoEncoding(String encoding) throws Exception {
    for (int status : new int[] {200, 204, 304, 401, 404}) {
      try (var server =
          HostileRegistry.start(
              (asked, out) -> reply(out, status, "", "Content-Encoding: " + encoding))) {
        assertEquals(status, new HttpFixture(server).get(server, "/").status());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X: y",
        "Content-Encoding: identity",
        "Content-Encoding:",
        "Content-Encoding: , GZIP ,identity",
        "Content-Encoding: gzip\r\nContent-Encoding: identity"
      })
  void gzipIsDecodedUnderEveryName(String header) throws Exception {
    byte[] body = gzip("{}");
    try (var server = HostileRegistry.start((asked, out) -> reply(out, 200, body, header))) {
      assertEquals("{}", HttpFixture.text(new HttpFixture(server).get(server, "/")));
    }
  }

  @Test
  void nestedGzipIsDecodedAsOftenAsDeclared() throws Exception {
    var twice = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(twice)) {
      out.write(gzip("{}"));
    }
    try (var server =
        HostileRegistry.start(
            (asked, out) -> reply(out, 200, twice.toByteArray(), "Content-Encoding: gzip, gzip"))) {
      assertEquals("{}", HttpFixture.text(new HttpFixture(server).get(server, "/")));
    }
  }

  @Test
  void undeclaredGzipIsLimitedToo() throws Exception {
    byte[] body = gzip(" ".repeat(5 * 1024 * 1024));
    try (var server = HostileRegistry.start((asked, out) -> reply(out, 200, body))) {
      var failure = new HttpFixture(server).failure(server).toString();
      assertTrue(failure.contains("more than 4 MiB"), failure);
    }
  }

  @Test
  void truncatedGzipIsReported() throws Exception {
    byte[] body = Arrays.copyOf(gzip("{\"a\":\"b\"}"), 15);
    try (var server = HostileRegistry.start((asked, out) -> reply(out, 200, body))) {
      var failure = new HttpFixture(server).failure(server);
      assertEquals(HttpFailureKind.INVALID, failure.kind());
      assertTrue(failure.toString().contains("gzip"), failure::toString);
    }
  }

  @Test
  void untrustedCertificateIsReportedInPlainWords() throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    var file = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    try (var server =
        HostileRegistry.start((asked, out) -> reply(out, 200, ""))
            .with(authority.server("other.test"))) {
      var request = HttpFixture.get("https", server.port(), "/");
      var unknown = new HttpFixture(server).failure(request).toString();
      assertTrue(unknown.contains("no trusted authority has signed it"), unknown);
      var other = new HttpFixture(server.port(), List.of(file), null).failure(request).toString();
      assertTrue(other.contains("matching registry.test"), other);
    }
  }

  @Test
  void theTimeThatReadingCertificatesTakesIsNotTheOtherSides() throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    var file = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    var read = new CertificateAuthorities(List.of(file), Map.of(), HostCertificates.NONE);
    var reading = new AtomicReference<Runnable>(() -> {});
    try (var server =
        HostileRegistry.start((asked, out) -> reply(out, 200, ""))
            .with(authority.server(HttpFixture.HOST))) {
      var fixture =
          new HttpFixture(
              server.port(),
              origin -> {
                Objects.requireNonNull(reading.get()).run();
                return read.sockets(origin);
              });
      reading.set(() -> fixture.time.advance(Duration.ofSeconds(11)));
      assertEquals(200, fixture.send(HttpFixture.get("https", server.port(), "/")).status());
    }
  }

  // T22

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "2002:a9fe:a9fe::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "::ffff:0:a9fe:a9fe",
        "2001:0:0:0:0:0:5601:5601"
      })
  void t22_aDisguisedAddressIsRefusedOverHttpsAndPlainHttp(String address) {
    for (var scheme : List.of("https", "http")) {
      var fixture = new HttpFixture(5000, List.of(), null, HttpTransport.IDLE, List.of(address));
      var failure = fixture.failure(HttpFixture.get(scheme, 5000, "/"));
      assertEquals(HttpFailureKind.REFUSED, failure.kind(), failure.getMessage());
    }
  }
}
