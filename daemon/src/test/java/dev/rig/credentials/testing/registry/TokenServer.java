package dev.rig.credentials.testing.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A token service on loopback for a registry with token authentication: it signs what a user with
 * the right password requests, and nothing for others.
 */
public final class TokenServer implements AutoCloseable {
  public static final String SERVICE = "a registry";
  public static final String ISSUER = "a token server";

  private final HttpServer server;
  private final TestAuthority authority = TestAuthority.sharedRsa();
  private final AtomicReference<String> login;
  private final List<String> scopes = new CopyOnWriteArrayList<>();

  private TokenServer(HttpServer server, String user, String password) {
    this.server = server;
    login = new AtomicReference<>(user + ":" + password);
  }

  /** Starts a token service with one user. */
  public static TokenServer start(String user, String password) {
    try {
      var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
      var server = HttpServer.create(address, 64);
      var tokens = new TokenServer(server, user, password);
      server.createContext("/token", tokens::answer);
      server.start();
      return tokens;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns address and port. */
  public String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns the address that a registry names. */
  public String realm() {
    return "http://" + host() + "/token";
  }

  /** Returns the certificate by which a registry verifies its signature, in PEM. */
  public String certificate() {
    return authority.pem();
  }

  /** Returns the requested scopes. */
  public List<String> scopes() {
    return List.copyOf(scopes);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var query = query(exchange.getRequestURI().getRawQuery());
      var header = exchange.getRequestHeaders().getFirst("Authorization");
      boolean known = ("Basic " + encoded(login.get())).equals(header);
      if (header != null && !known) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      var scope = query.getOrDefault("scope", "");
      scopes.add(scope);
      var body = "{\"token\":\"" + authority.token(claims(known ? scope : "")) + "\"}";
      byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Returns the claims of a token (distribution's token specification). */
  private Map<String, Object> claims(String scope) {
    var claims = new HashMap<String, Object>();
    long now = Instant.now().getEpochSecond();
    claims.put("iss", ISSUER);
    claims.put("aud", SERVICE);
    claims.put("sub", "somebody");
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("iat", now);
    claims.put("nbf", now - 10);
    claims.put("exp", now + 300);
    var access = new ArrayList<Map<String, Object>>();
    for (var one : scope.isEmpty() ? new String[0] : scope.split(" ", -1)) {
      int first = one.indexOf(':');
      int last = one.lastIndexOf(':');
      access.add(
          Map.of(
              "type", one.substring(0, first),
              "name", one.substring(first + 1, last),
              "actions", Arrays.asList(one.substring(last + 1).split(",", -1))));
    }
    claims.put("access", access);
    return claims;
  }

  private static Map<String, String> query(String raw) {
    var parameters = new HashMap<String, String>();
    for (var part : raw == null ? new String[0] : raw.split("&", -1)) {
      var pair = part.split("=", 2);
      parameters.merge(
          pair[0],
          URLDecoder.decode(pair.length < 2 ? "" : pair[1], StandardCharsets.UTF_8),
          (one, other) -> one + " " + other);
    }
    return parameters;
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
