package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.registry.HostileRegistry;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client on loopback with a fixed time. */
final class HttpFixture {
  static final String HOST = "registry.test";

  final FakeTime time = new FakeTime();
  final List<String> lookups = new ArrayList<>();
  final HttpClient client;

  HttpFixture(int port, List<Path> authorities, @Nullable URI proxy) {
    this(port, authorities, proxy, HttpTransport.IDLE, List.of("127.0.0.1"));
  }

  HttpFixture(
      int port,
      List<Path> authorities,
      @Nullable URI proxy,
      Duration idle,
      List<String> addresses) {
    this(
        port,
        new CertificateAuthorities(authorities, Map.of(), HostCertificates.NONE),
        proxy,
        idle,
        addresses);
  }

  HttpFixture(int port, TlsAuthorities authorities) {
    this(port, authorities, null, HttpTransport.IDLE, List.of("127.0.0.1"));
  }

  private HttpFixture(
      int port,
      TlsAuthorities authorities,
      @Nullable URI proxy,
      Duration idle,
      List<String> addresses) {
    client =
        new HttpClient(
            new HostResolver(name -> {
              lookups.add(name);
              return addresses.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
            }),
            new PlainHttpPolicy(Set.of(HOST + ":" + port)),
            authorities,
            new Proxies(proxy, proxy, List.of()),
            new HttpTransport(time.time(), idle));
  }

  HttpFixture(HostileRegistry server) {
    this(server.port(), List.of(), null);
  }

  static HttpRequest get(String scheme, int port, String target) {
    return HttpRequest.get(Origin.of(scheme, HOST + ":" + port).at(target));
  }

  RequestBudget budget() {
    return RequestBudget.start(time.time().ticker());
  }

  HttpResponse send(HttpRequest request) throws Exception {
    return client.send(request, NetworkZone.LOOPBACK, budget());
  }

  HttpResponse get(HostileRegistry server, String target) throws Exception {
    return send(get("http", server.port(), target));
  }

  /** Returns a failure whose message contains no class name and no control character. */
  HttpFailure failure(HttpRequest request) {
    var failure = assertThrows(HttpFailure.class, () -> send(request));
    var message = String.valueOf(failure.getMessage());
    assertTrue(
        !message.contains("Exception")
            && !message.matches(".*\\b(org|java|javax|sun)\\.[a-z].*")
            && message.chars().allMatch(c -> c >= ' ' && c < 0x7f),
        message);
    return failure;
  }

  HttpFailure failure(HostileRegistry server) {
    return failure(get("http", server.port(), "/"));
  }

  static String text(HttpResponse response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
