package dev.rig.credentials.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;

/** One request and its answer over the daemon's socket, with limits of size and time. */
public final class JdkExchange {
  /** The longest path to which the JDK connects, in bytes: one less than the system's limit. */
  private static final int LONGEST_PATH = 106;

  private JdkExchange() {}

  /**
   * Makes one attempt, as {@link Machine#exchange} describes.
   *
   * @param path the socket
   * @param request the whole request
   * @param limit the longest answer, in bytes; a longer one is {@link
   *     Attempt.AttemptOutcome#TOO_LONG}
   * @param millis the limit of the whole attempt, in milliseconds
   */
  public static Attempt exchange(String path, byte[] request, int limit, long millis) {
    long end = millis() + millis;
    Path file;
    try {
      file = Path.of(path);
    } catch (InvalidPathException e) {
      return Attempt.failed(e.getReason());
    }
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        var selector = Selector.open()) {
      channel.configureBlocking(false);
      Attempt trouble = connect(channel, path, file);
      if (trouble != null) {
        return trouble;
      }
      SelectionKey key = channel.register(selector, 0);
      if (!send(channel, key, request, end)) {
        return Attempt.ended(Attempt.AttemptOutcome.LATE);
      }
      return receive(channel, key, limit, end);
    } catch (IOException e) {
      return Attempt.failed(words(e));
    }
  }

  /** Connects; returns a failed attempt, or null on success. */
  private static Attempt connect(SocketChannel channel, String path, Path file) {
    try {
      if (channel.connect(UnixDomainSocketAddress.of(file))) {
        return null;
      }
      // How JDK 17 reports EAGAIN; connecting a Unix socket is never pending.
      return Attempt.ended(Attempt.AttemptOutcome.BUSY);
    } catch (ConnectException e) {
      return Attempt.ended(Attempt.AttemptOutcome.REFUSED);
    } catch (IOException e) {
      // The JDK has one exception for all of these, so the file is checked instead.
      if (path.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
        return Attempt.failed(words(e));
      }
      if (Files.notExists(file)) {
        return Attempt.ended(Attempt.AttemptOutcome.MISSING);
      }
      if (!Files.isWritable(file)) {
        return Attempt.ended(Attempt.AttemptOutcome.DENIED);
      }
      // Usually EAGAIN: the socket exists, but its queue is full.
      return new Attempt(Attempt.AttemptOutcome.BUSY, new byte[0], words(e));
    }
  }

  /** Sends all, or as much as the daemon reads; returns false when the time is over. */
  private static boolean send(SocketChannel channel, SelectionKey key, byte[] request, long end)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(request);
    try {
      while (bytes.hasRemaining()) {
        if (channel.write(bytes) == 0 && !await(key, SelectionKey.OP_WRITE, end)) {
          return false;
        }
      }
      channel.shutdownOutput();
    } catch (IOException e) {
      // The daemon has closed; its answer can still be read.
      return true;
    }
    return true;
  }

  private static Attempt receive(SocketChannel channel, SelectionKey key, int limit, long end)
      throws IOException {
    var bytes = new ByteAccumulator();
    while (true) {
      if (bytes.length() > limit) {
        return Attempt.ended(Attempt.AttemptOutcome.TOO_LONG);
      }
      byte[] room = bytes.room();
      int read;
      try {
        read = channel.read(ByteBuffer.wrap(room, bytes.length(), room.length - bytes.length()));
      } catch (IOException e) {
        // A daemon that answers before it has read everything resets the connection after its
        // answer.
        read = -1;
      }
      if (read > 0) {
        bytes.add(read);
      } else if (read < 0) {
        return bytes.length() == 0
            ? Attempt.ended(Attempt.AttemptOutcome.CLOSED)
            : Attempt.answered(bytes.all());
      } else if (!await(key, SelectionKey.OP_READ, end)) {
        return Attempt.ended(Attempt.AttemptOutcome.LATE);
      }
    }
  }

  private static boolean await(SelectionKey key, int operation, long end) throws IOException {
    long left = end - millis();
    if (left <= 0) {
      return false;
    }
    key.interestOps(operation);
    int ready = key.selector().select(left);
    key.selector().selectedKeys().clear();
    return ready > 0 || millis() < end;
  }

  /** Returns milliseconds of a monotonic clock. */
  static long millis() {
    return System.nanoTime() / 1_000_000;
  }

  private static String words(IOException e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
  }
}
