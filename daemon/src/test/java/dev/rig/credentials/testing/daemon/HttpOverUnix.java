package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Sends requests to an HTTP server on a Unix socket, byte for byte. */
public record HttpOverUnix(Path socket) {
  private static final String HEADER = "Rig-Credentials: 1\r\n";
  private static final Duration START = Duration.ofSeconds(20);

  /** Waits until a server listens: a socket's file exists before that. */
  public static HttpOverUnix listening(Path socket) {
    Eventually.within(START, () -> accepts(socket), () -> "a server listens at " + socket);
    return new HttpOverUnix(socket);
  }

  /** Reports whether a server accepts connections there. */
  public static boolean accepts(Path socket) {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Sends a request as the platform does. */
  public HttpReply get(String target) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + HEADER + "\r\n");
  }

  /** Sends a request with other headers, each ended by CRLF. */
  public HttpReply get(String target, String headers) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  }

  /** Sends a request with a body. */
  public HttpReply post(String target, String type, String body) {
    return ask(
        "POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(target, HEADER, type, body.getBytes(StandardCharsets.UTF_8).length, body));
  }

  /** Sends exactly that and reads until the server closes. */
  public HttpReply ask(String request) {
    return HttpReply.parse(exchange(request));
  }

  /** Returns the answer, which may be empty. */
  public byte[] exchange(String request) {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      var answer = new ByteArrayOutputStream();
      var chunk = ByteBuffer.allocate(8192);
      while (channel.read(chunk) >= 0) {
        answer.write(chunk.array(), 0, chunk.position());
        chunk.clear();
      }
      return answer.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
