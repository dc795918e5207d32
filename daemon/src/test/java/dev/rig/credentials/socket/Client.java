package dev.rig.credentials.socket;

import dev.rig.credentials.wire.MalformedReplyException;
import dev.rig.credentials.wire.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A client of the socket on the JDK's own Unix sockets, without jnr. */
final class Client implements AutoCloseable {
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final SocketChannel channel;

  private Client(SocketChannel channel) {
    this.channel = channel;
  }

  static Client connect(Path path) {
    try {
      return new Client(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Sends a whole request and returns the whole answer. */
  static Reply ask(Path path, String request) {
    try (var client = connect(path)) {
      return client.send(request).end().reply();
    }
  }

  /** Returns whether a process listens: the file exists shortly before. */
  static boolean answers(Path path) {
    try {
      return ask(path, "version\n").status() == 0;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  /**
   * Returns when the event loop has handled all earlier events and tasks. A client that connects
   * later gets an answer, so all earlier ones were accepted; what it sends now belongs to a later
   * round than its acceptance, and the tasks run at the end of each round.
   */
  static void settle(Path path) {
    try (var first = connect(path)) {
      ask(path, "version\n");
      first.send("version\n").end().reply();
    }
  }

  static void until(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new AssertionError("it did not happen within 10 s");
      }
      LockSupport.parkNanos(50_000);
    }
  }

  Client send(String text) {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  Client send(byte[] bytes) {
    try {
      var buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      return this;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  Client end() {
    try {
      channel.shutdownOutput();
      return this;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Returns everything until the daemon closes; a reset counts as the end. */
  byte[] rest() {
    var all = new ByteArrayOutputStream();
    var buffer = ByteBuffer.allocate(64 * 1024);
    try {
      while (channel.read(buffer) >= 0) {
        all.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
    } catch (IOException reset) {
      return all.toByteArray();
    }
    return all.toByteArray();
  }

  Reply reply() {
    byte[] rest = rest();
    try {
      return Reply.decode(rest);
    } catch (MalformedReplyException failure) {
      throw new AssertionError(rest.length + " bytes are no answer", failure);
    }
  }

  /** Returns whether the daemon has neither closed nor written. */
  boolean isOpen() {
    try {
      channel.configureBlocking(false);
      int count = channel.read(ByteBuffer.allocate(1));
      channel.configureBlocking(true);
      return count == 0;
    } catch (IOException reset) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
