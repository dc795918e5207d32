package dev.rig.credentials.testing.cloud;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The metadata server of Google's virtual machines, on loopback, as a proxy: a client with this
 * {@code http_proxy} requests {@code metadata.google.internal} from it.
 */
public final class FakeMetadata implements AutoCloseable {
  private static final String URL =
      "http://metadata.google.internal"
          + "/computeMetadata/v1/instance/service-accounts/default/token";

  private final HttpServer server;
  private final String token;
  private final AtomicInteger calls = new AtomicInteger();

  /** Starts the server. */
  public FakeMetadata(String token) {
    this.token = token;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  public String proxyUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns how many tokens were issued. */
  public int calls() {
    return calls.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean asked = "Google".equals(exchange.getRequestHeaders().getFirst("Metadata-Flavor"));
      boolean found = URL.equals(exchange.getRequestURI().toString());
      if (!found || !asked) {
        exchange.sendResponseHeaders(found ? 403 : 404, -1);
        return;
      }
      calls.incrementAndGet();
      var body =
          "{\"access_token\":\"%s\",\"expires_in\":3599,\"token_type\":\"Bearer\"}"
              .formatted(token)
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("Metadata-Flavor", "Google");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
