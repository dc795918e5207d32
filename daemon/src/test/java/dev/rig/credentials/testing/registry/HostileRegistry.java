package dev.rig.credentials.testing.registry;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A server on loopback that sends any answer of a test, byte by byte if necessary, and records the
 * requests. Without a certificate it closes connections that start TLS; with one it serves both on
 * the same port.
 */
public final class HostileRegistry implements AutoCloseable {
  /**
   * A request.
   *
   * @param headers by name in lower case
   * @param tls whether it came over TLS
   */
  public record Asked(
      String method, String target, Map<String, String> headers, String body, boolean tls) {
    /** Returns the header's value; empty if absent. */
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    public boolean isAuthorised() {
      return headers.containsKey("authorization");
    }
  }

  /** The answer of a test to a client. */
  public interface Answer {
    void write(Asked asked, OutputStream out) throws IOException;
  }

  private final ServerSocket server;
  private final Answer answer;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger connections = new AtomicInteger();
  private volatile SSLContext tls;
  private volatile boolean keepsAlive;
  private volatile boolean wantsIdentity;

  private HostileRegistry(ServerSocket server, Answer answer) {
    this.server = server;
    this.answer = answer;
  }

  /** Starts a server at an address and port of loopback. */
  public static HostileRegistry start(String address, int port, Answer answer) {
    try {
      var server = new ServerSocket(port, 64, InetAddress.ofLiteral(address));
      var registry = new HostileRegistry(server, answer);
      Thread.ofVirtual().start(registry::accept);
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a server at 127.0.0.1. */
  public static HostileRegistry start(Answer answer) {
    return start("127.0.0.1", 0, answer);
  }

  /** Also serves TLS. */
  public HostileRegistry with(SSLContext context) {
    tls = context;
    return this;
  }

  /** Accepts any number of requests per connection. */
  public HostileRegistry keepingAlive() {
    keepsAlive = true;
    return this;
  }

  /** Requires a client certificate for TLS. */
  public HostileRegistry wantingIdentity() {
    wantsIdentity = true;
    return this;
  }

  /** Returns how many connections were opened, regardless of their requests. */
  public int connections() {
    return connections.get();
  }

  /** Sends a whole answer. */
  public static void reply(OutputStream out, int status, String body, String... headers)
      throws IOException {
    reply(out, status, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  /** Sends a whole answer. */
  public static void reply(OutputStream out, int status, byte[] body, String... headers)
      throws IOException {
    var head = new StringBuilder("HTTP/1.1 " + status + " It\r\n");
    for (var header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
    out.flush();
  }

  /** Returns address and port, as they precede image names. */
  public String host() {
    return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Returns all requests. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  /** Waits until the server is closed: a server that does not answer. */
  public void hang() throws IOException {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void accept() {
    while (true) {
      try {
        @SuppressWarnings("resource") // Closed by the thread that serves it.
        var socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(
          true); // a body that waits for the acknowledgement of its head takes 40 ms
      int first = socket.getInputStream().read();
      var begun = new ByteArrayInputStream(new byte[] {(byte) first});
      var context = tls;
      if (first != 0x16) {
        serve(new SequenceInputStream(begun, socket.getInputStream()), socket, false);
      } else if (context != null) {
        var over = (SSLSocket) context.getSocketFactory().createSocket(socket, begun, true);
        over.setUseClientMode(false);
        over.setNeedClientAuth(wantsIdentity);
        over.startHandshake();
        serve(over.getInputStream(), over, true);
      }
    } catch (IOException e) {
      // The client closed, which many tests intend.
    }
  }

  private void serve(InputStream in, Socket socket, boolean secure) throws IOException {
    var requests = new BufferedInputStream(in);
    do {
      var request = read(requests, secure);
      asked.add(request);
      answer.write(request, socket.getOutputStream());
      socket.getOutputStream().flush();
    } while (keepsAlive);
  }

  private static Asked read(InputStream in, boolean secure) throws IOException {
    var first = line(in);
    var words = first.split(" ", -1);
    if (words.length != 3) {
      throw new EOFException("no request");
    }
    var headers = new HashMap<String, String>();
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      var parts = line.split(":", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Asked(words[0], words[1], Map.copyOf(headers), body, secure);
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("no request");
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
