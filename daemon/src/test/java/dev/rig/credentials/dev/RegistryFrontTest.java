package dev.rig.credentials.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests that a front without a login forwards, and those that it rejects. */
class RegistryFrontTest {
  private static final InetSocketAddress FREE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer registry;
  private RegistryFront front;

  @BeforeEach
  void serve() throws IOException {
    registry = HttpServer.create(FREE, 0);
    registry.createContext(
        "/",
        exchange -> {
          var body = exchange.getRequestBody().readAllBytes();
          var headers = exchange.getRequestHeaders();
          asked.add(
              "%s %s as %s at %s with %d bytes"
                  .formatted(
                      exchange.getRequestMethod(),
                      exchange.getRequestURI(),
                      headers.getFirst("Authorization"),
                      headers.getFirst("Host"),
                      body.length));
          exchange.sendResponseHeaders(201, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    registry.start();
    front = RegistryFront.open(FREE, registry.getAddress(), "Basic b3Vycw==");
  }

  @AfterEach
  void stop() {
    front.close();
    registry.stop(0);
  }

  private String send(String request) throws IOException {
    try (var socket = new Socket(front.address().getAddress(), front.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static String head(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  private static String status(String answer) {
    return answer.split(" ", -1)[1];
  }

  @Test
  void requestOfThisMachineGetsTheRegistrysOwnLogin() throws IOException {
    var answer =
        send(
            head(
                    "PUT /v2/app/manifests/1 HTTP/1.1",
                    "Host: localhost:30000",
                    "Authorization: Basic x",
                    "Connection: keep-alive",
                    "Content-Length: 5")
                + "hello");
    assertEquals("201", status(answer));
    assertTrue(answer.endsWith("hello"), answer);
    assertEquals(
        List.of("PUT /v2/app/manifests/1 as Basic b3Vycw== at localhost:30000 with 5 bytes"),
        asked);
  }

  @Test
  void largeBodyArrivesComplete() throws IOException {
    var body = "x".repeat(3_000_000);
    var answer =
        send("PATCH /v2/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3000000\r\n\r\n" + body);
    assertTrue(answer.endsWith(body));
  }

  /** A further request on the same connection would bypass the checks. */
  @Test
  void secondRequestOfAConnectionIsNotAnswered() throws IOException {
    send(
        head("GET /first HTTP/1.1", "Host: localhost")
            + head("DELETE /second HTTP/1.1", "Host: evil.example"));
    assertEquals(1, asked.size(), asked::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:1", "127.0.0.1:30000", "127.8.9.1", "[::1]:5000"})
  void everyNameOfLoopbackIsServed(String host) throws IOException {
    assertEquals("201", status(send("GET /v2/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n")));
  }

  /** T26, C35: a web page could push by its own name if that resolves to this machine. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rebound.example:30000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "0.0.0.0:30000",
        "[::ffff:10.0.0.1]",
        "localhost:x",
        "localhost, evil.example",
        "evil@localhost",
        ""
      })
  void t26_anyOtherHostIsRefused(String host) throws IOException {
    assertEquals("421", status(send("GET /v2/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n")));
    assertEquals(List.of(), asked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v2/ HTTP/1.1\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"
      })
  void t26_requestWithoutExactlyOneHostIsRefused(String request) throws IOException {
    assertEquals("421", status(send(request)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "null", "http://localhost:30000", ""})
  void t26_requestWithAnOriginIsRefused(String origin) throws IOException {
    var answer =
        send(
            "POST /v2/app/blobs/uploads/ HTTP/1.1\r\nHost: localhost\r\nORIGIN:"
                + origin
                + "\r\nContent-Length: 0\r\n\r\n");
    assertEquals("403", status(answer));
    assertTrue(answer.contains("\"errors\":[{\"code\":\"DENIED\""), answer);
    assertEquals(List.of(), asked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET http://localhost/v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: localhost\r\nOrigin : x\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX: a\nOrigin: x\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX: a\rOrigin: x\r\n\r\n",
        "GET  /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\n",
        "\r\n\r\n\r\n"
      })
  void anythingButPlainHttpIsRefused(String request) throws IOException {
    assertEquals("400", status(send(request)));
    assertEquals(List.of(), asked);
  }

  @Test
  void headWithoutEndIsRefused() throws IOException {
    var answer = send("GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(70_000));
    assertEquals("431", status(answer));
  }

  @Test
  void missingRegistryIsReported() throws IOException {
    registry.stop(0);
    var answer = send("GET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertEquals("502", status(answer));
    assertFalse(answer.contains("b3Vycw"), answer);
  }

  @Test
  void itListensOnLoopbackOnly() {
    var everywhere = new InetSocketAddress("0.0.0.0", 0);
    assertThrows(
        DevException.class,
        () -> RegistryFront.open(everywhere, registry.getAddress(), "Basic b3Vycw=="));
  }
}
