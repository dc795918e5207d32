package dev.rig.credentials.dev;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The listener for clients in front of a development registry without a login. It checks each
 * request ({@link FrontRequest}) and forwards it with the registry's own login, which clients do
 * not get. Each connection carries one request.
 */
public final class RegistryFront implements AutoCloseable {
  /** How long a client may take to send its request, and to read the end of an answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration LAST_READ = Duration.ofSeconds(2);
  private static final int MOST_CONNECTIONS = 256;
  private static final int COPIED = 64 * 1024;
  private static final long MOST_DISCARDED = 16 * 1024 * 1024;

  private final ServerSocket listening;
  private final InetSocketAddress registry;
  private final String authorization;
  private final Semaphore free = new Semaphore(MOST_CONNECTIONS);

  private RegistryFront(ServerSocket listening, InetSocketAddress registry, String authorization) {
    this.listening = listening;
    this.registry = registry;
    this.authorization = authorization;
  }

  /**
   * Listens and serves until it is closed.
   *
   * @param at a loopback address
   * @param registry the registry's address, on loopback
   * @param authorization the value of the {@code Authorization} header for the registry
   * @throws UncheckedIOException if the address is unavailable
   */
  static RegistryFront open(
      InetSocketAddress at, InetSocketAddress registry, String authorization) {
    if (!at.getAddress().isLoopbackAddress() || !registry.getAddress().isLoopbackAddress()) {
      throw new DevException("without a login it listens on loopback only");
    }
    try {
      var listening = new ServerSocket();
      listening.setReuseAddress(true);
      listening.bind(at, MOST_CONNECTIONS);
      var front = new RegistryFront(listening, registry, authorization);
      Thread.ofPlatform().name("rig-dev-front").start(front::accept);
      return front;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on " + at, e);
    }
  }

  /** Returns the address. */
  InetSocketAddress address() {
    return (InetSocketAddress) listening.getLocalSocketAddress();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        free.acquire();
        Socket client;
        try {
          client = listening.accept();
        } catch (IOException shortageOrClosed) {
          free.release();
          continue;
        }
        Thread.startVirtualThread(() -> {
          try (client) {
            serve(client);
          } catch (IOException gone) {
            // The client or the registry failed: the other sees the end of its connection.
          } finally {
            free.release();
          }
        });
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void serve(Socket client) throws IOException {
    client.setSoTimeout((int) PATIENCE.toMillis());
    var in = new BufferedInputStream(client.getInputStream(), COPIED);
    var request = FrontRequest.read(in);
    if (request == null) {
      return;
    }
    if (request.refusal() != null) {
      answer(client, request.refusal());
      return;
    }
    try (var behind = new Socket()) {
      try {
        behind.connect(registry, (int) PATIENCE.toMillis());
      } catch (IOException e) {
        answer(
            client, new FrontRequest.Refusal(502, "the registry behind this port does not answer"));
        return;
      }
      behind.getOutputStream().write(request.forwarded(authorization));
      client.setSoTimeout(0); // an engine may need minutes to read a layer
      var upload = Thread.startVirtualThread(() -> upload(in, behind));
      copy(behind.getInputStream(), client.getOutputStream());
      client.shutdownOutput();
      client.setSoTimeout((int) LAST_READ.toMillis());
      try {
        upload.join(LAST_READ);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void upload(InputStream client, Socket behind) {
    try {
      copy(client, behind.getOutputStream());
      behind.shutdownOutput();
    } catch (IOException gone) {
      // The answer came before the end of the upload, or the client closed.
    }
  }

  private static void copy(InputStream from, OutputStream to) throws IOException {
    var buffer = new byte[COPIED];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
    }
  }

  /**
   * Answers in the format that clients of registries display (OCI distribution specification, error
   * codes).
   */
  private static void answer(Socket client, FrontRequest.@Nullable Refusal refusal)
      throws IOException {
    if (refusal == null) {
      return;
    }
    var body =
        "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"%s\"}]}\n".formatted(refusal.reason());
    var head =
        "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(refusal.status(), "Refused", body.length());
    client.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
    client.shutdownOutput();
    client.setSoTimeout((int) LAST_READ.toMillis());
    // Reads the rest of the body: otherwise a reset could discard the answer.
    var _ = client.getInputStream().skip(MOST_DISCARDED);
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
