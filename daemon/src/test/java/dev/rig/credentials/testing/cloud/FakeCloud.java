package dev.rig.credentials.testing.cloud;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.rig.credentials.testing.registry.TestAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The services of a cloud on loopback: over TLS with an authority of its own, through a proxy that
 * forwards only their hosts; and over plain http at {@link #plain}. Unexpected requests are
 * answered with 404.
 */
public final class FakeCloud implements AutoCloseable {
  /** A request with its form or body. */
  public record CloudRequest(
      String method, String host, String target, Map<String, String> headers, String body) {
    /** Returns a field of the form in the body, or of the query. */
    public String field(String name) {
      var query = URI.create(target).getRawQuery();
      for (var pair : (body + "&" + (query == null ? "" : query)).split("&", -1)) {
        var parts = pair.split("=", 2);
        if (parts.length == 2 && parts[0].equals(name)) {
          return URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
        }
      }
      return "";
    }

    public String header(String name) {
      return headers.getOrDefault(name, "");
    }

    public String path() {
      return URI.create(target).getPath();
    }
  }

  /**
   * A status and a JSON document; with a status of 3xx a redirect to {@link #ELSEWHERE}.
   *
   * @param endless whether the document is repeated as long as the client reads it
   */
  public record CloudReply(int status, String json, boolean endless) {
    public CloudReply(int status, String json) {
      this(status, json, false);
    }

    public static CloudReply ok(String json) {
      return new CloudReply(200, json);
    }
  }

  /** One endpoint. */
  @FunctionalInterface
  public interface CloudEndpoint {
    CloudReply answer(CloudRequest request) throws Exception;
  }

  /** What happens to a connection with one of its hosts. */
  public enum Way {
    OPEN,
    /** It is closed immediately. */
    CLOSED,
    /** Something that is not TLS answers. */
    NOT_TLS,
    /** A server answers whose certificate another authority has signed. */
    FOREIGN
  }

  /** Where redirects lead. */
  public static final String ELSEWHERE = "elsewhere.example";

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  private final TestAuthority authority = new TestAuthority(TestAuthority.Keys.EC);
  private final List<String> hosts;
  private final HttpsServer secure;
  private final HttpServer plain;
  private final ServerSocket proxy;
  private final Map<String, CloudEndpoint> endpoints = new ConcurrentHashMap<>();
  private final List<CloudRequest> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final Set<String> sought = ConcurrentHashMap.newKeySet();
  private volatile Way way = Way.OPEN;
  private volatile @Nullable HttpsServer foreign;

  /** Starts the services of these hosts. */
  public FakeCloud(String... hosts) {
    this.hosts = List.of(hosts);
    try {
      secure = secure(authority);
      plain = HttpServer.create(ANY_PORT, 0);
      proxy = new ServerSocket();
      proxy.bind(ANY_PORT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    started(secure);
    started(plain);
    var _ = Thread.ofVirtual().start(this::accept);
  }

  private HttpsServer secure(TestAuthority signer) {
    try {
      var server = HttpsServer.create(ANY_PORT, 0);
      server.setHttpsConfigurator(new HttpsConfigurator(signer.server(String.join(",", hosts))));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <S extends HttpServer> S started(S server) {
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return server;
  }

  /** Ends all connections through the proxy, and treats later ones in this way. */
  public void connect(Way next) {
    if (next == Way.FOREIGN && foreign == null) {
      foreign = started(secure(new TestAuthority(TestAuthority.Keys.EC)));
    }
    way = next;
    connections.forEach(FakeCloud::close);
    connections.clear();
  }

  /** Returns the hosts that were requested from the proxy. */
  public Set<String> sought() {
    return Set.copyOf(sought);
  }

  /** Answers requests for a path, without its query. */
  public FakeCloud at(String methodHostAndPath, CloudEndpoint endpoint) {
    endpoints.put(methodHostAndPath, endpoint);
    return this;
  }

  /** Returns the proxy for its hosts. */
  public URI proxyUrl() {
    return URI.create("http://127.0.0.1:" + proxy.getLocalPort());
  }

  /** Returns host and port for plain http. */
  public String plain() {
    return "127.0.0.1:" + plain.getAddress().getPort();
  }

  /** Returns the certificate of its authority, in PEM. */
  public String pem() {
    return authority.pem();
  }

  /** Returns the requests. */
  public List<CloudRequest> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name, String.join(",", values)));
      var request =
          new CloudRequest(
              exchange.getRequestMethod(),
              headers.getOrDefault("Host", ""),
              exchange.getRequestURI().toString(),
              headers,
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      requests.add(request);
      var endpoint = endpoints.get(request.method() + " " + request.host() + request.path());
      CloudReply reply;
      try {
        reply =
            endpoint == null
                ? new CloudReply(404, "{\"message\":\"nobody expects that\"}")
                : endpoint.answer(request);
      } catch (Exception e) {
        reply = new CloudReply(500, "{}");
      }
      byte[] body = reply.json().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
      exchange.getResponseHeaders().set("Metadata-Flavor", "Google");
      if (reply.status() / 100 == 3) {
        exchange.getResponseHeaders().set("Location", "https://" + ELSEWHERE + "/");
      }
      if (reply.endless()) {
        exchange.sendResponseHeaders(reply.status(), 0);
        while (!Thread.interrupted()) {
          exchange.getResponseBody().write(body); // until the client has closed
        }
      }
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void accept() {
    while (!proxy.isClosed()) {
      try {
        var client = proxy.accept();
        var _ = Thread.ofVirtual().start(() -> forward(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void forward(Socket client) {
    try (client;
        var server = new Socket()) {
      client.setTcpNoDelay(true); // otherwise each answer of two packets takes 40 ms
      server.setTcpNoDelay(true);
      var in = client.getInputStream();
      connections.add(client);
      var chosen = way;
      if (chosen == Way.CLOSED) {
        return;
      }
      var host = asked(in);
      sought.add(host);
      var out = client.getOutputStream();
      if (!hosts.contains(host)) {
        out.write("HTTP/1.1 502 Bad Gateway\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return;
      }
      var other = foreign;
      server.connect((other == null || chosen != Way.FOREIGN ? secure : other).getAddress());
      out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      if (chosen == Way.NOT_TLS) {
        out.write("220 mail.example ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
        return;
      }
      var back = Thread.ofVirtual().start(() -> copy(server, client));
      copy(client, server);
      back.join();
    } catch (IOException | InterruptedException e) {
      // The client has closed.
    }
  }

  /** Returns the host of a {@code CONNECT}. */
  private static String asked(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int one = in.read();
      if (one < 0) {
        return "";
      }
      head.append((char) one);
    }
    return head.toString().replaceFirst("(?s)^CONNECT ([^ :]+):443 .*", "$1");
  }

  private static void copy(Socket from, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      from.getInputStream().transferTo(out);
      to.shutdownOutput();
    } catch (IOException e) {
      // One side has closed; the other is closed too.
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    secure.stop(0);
    var other = foreign;
    if (other != null) {
      other.stop(0);
    }
    plain.stop(0);
    try {
      proxy.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
