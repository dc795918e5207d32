package dev.rig.credentials.testing.cloud;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * GetAuthorizationToken of Amazon's Elastic Container Registry on loopback, in the protocol AWS
 * JSON 1.1. It checks the signature's scope, but not the signature.
 */
public final class FakeEcr implements AutoCloseable {
  private static final String TARGET = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
  private static final Duration LIFE = Duration.ofHours(12);

  private final HttpServer server;
  private final String region;
  private final String password;
  private final Instant expiresAt = Instant.now().plus(LIFE);
  private final AtomicInteger calls = new AtomicInteger();

  /**
   * Starts the service.
   *
   * @param region the only region that it answers for
   */
  public FakeEcr(String region) {
    this.region = region;
    this.password = password(expiresAt);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  /** Returns a password in ECR's format: base64 of a document with its expiry in epoch seconds. */
  private static String password(Instant expiresAt) {
    var document =
        "{\"payload\":\"%s\",\"datakey\":\"%s\",\"version\":\"2\",\"type\":\"DATA_KEY\",\"expiration\":%d}"
            .formatted("p4yl0ad/".repeat(120), "d4tak3y+".repeat(23), expiresAt.getEpochSecond());
    return encoded(document);
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns the part of the token after {@code AWS:}. */
  public String password() {
    return password;
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
      var headers = exchange.getRequestHeaders();
      var signature = String.valueOf(headers.getFirst("Authorization"));
      boolean signed =
          signature.startsWith("AWS4-HMAC-SHA256 ")
              && signature.contains("/" + region + "/ecr/aws4_request");
      boolean right = signed && TARGET.equals(headers.getFirst("X-Amz-Target"));
      var body =
          right ? token() : "{\"__type\":\"AccessDeniedException\",\"message\":\"not asked so\"}";
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
      exchange.sendResponseHeaders(right ? 200 : 400, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private String token() {
    calls.incrementAndGet();
    return """
    {"authorizationData":[{"authorizationToken":"%s","expiresAt":%d,\
    "proxyEndpoint":"https://123456789012.dkr.ecr.%s.amazonaws.com"}]}\
    """
        .formatted(encoded("AWS:" + password), expiresAt.getEpochSecond(), region);
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
