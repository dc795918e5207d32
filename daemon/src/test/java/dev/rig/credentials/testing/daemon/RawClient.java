package dev.rig.credentials.testing.daemon;

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
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** One connection to a daemon, byte by byte: for behaviour that the native client never has. */
public final class RawClient implements AutoCloseable {
  private final SocketChannel channel;

  private RawClient(SocketChannel channel) {
    this.channel = channel;
  }

  /** Connects; waits while the backlog is full. */
  public static RawClient connect(Path socket) {
    try {
      return new RawClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connects unless the backlog is full. */
  public static Optional<RawClient> tryConnect(Path socket) throws IOException {
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.configureBlocking(false);
      if (channel.connect(UnixDomainSocketAddress.of(socket))) {
        channel.configureBlocking(true);
        return Optional.of(new RawClient(channel));
      }
    } catch (IOException full) {
      // As below.
    }
    channel.close();
    return Optional.empty();
  }

  /** Sends a {@code get}, and repeats it while the daemon is full or absent. */
  public static String get(Path socket, String key, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    IOException last = null;
    while (System.nanoTime() - end < 0) {
      try (var client = new RawClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)))) {
        client.channel.write(bytes("get\n" + key));
        client.channel.shutdownOutput();
        var answer = client.readAll();
        if (!answer.isEmpty()) {
          return answer;
        }
      } catch (IOException e) {
        last = e; // closed before it answered
      }
      pause();
    }
    return "no answer: " + last;
  }

  /** Sends the text. */
  public RawClient send(String text) {
    try {
      channel.write(bytes(text));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes the writing side. */
  public RawClient endOfRequest() {
    try {
      channel.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns everything until the daemon closes; empty also if it resets the connection. */
  public String rest() {
    try {
      return readAll();
    } catch (IOException reset) {
      return "";
    }
  }

  /** Returns whether the daemon has closed this connection without sending anything. */
  public boolean isClosed() {
    try {
      channel.configureBlocking(false);
      try {
        return channel.read(ByteBuffer.allocate(1)) < 0;
      } finally {
        channel.configureBlocking(true);
      }
    } catch (IOException reset) {
      return true;
    }
  }

  private String readAll() throws IOException {
    var all = new ByteArrayOutputStream();
    var buffer = ByteBuffer.allocate(4096);
    while (channel.read(buffer.clear()) >= 0) {
      all.write(buffer.array(), 0, buffer.position());
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void pause() {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(20, 100));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
