package dev.rig.credentials.testing.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;

/** The receiver of a service manager: the messages that are sent to {@code NOTIFY_SOCKET}. */
public final class NotifyListener implements AutoCloseable {
  private final UnixDatagramChannel channel;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  /** Listens at the path. */
  public NotifyListener(Path socket) {
    try {
      channel = UnixDatagramChannel.open();
      channel.bind(new UnixSocketAddress(socket.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon(true).start(this::listen);
  }

  private void listen() {
    try {
      while (true) {
        var buffer = ByteBuffer.allocate(4096);
        channel.receive(buffer);
        heard.add(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
      }
    } catch (ClosedChannelException e) {
      // The test is over.
    } catch (IOException e) {
      heard.add("broken: " + e.getMessage());
    }
  }

  /** Returns all messages so far, without those of the watchdog. */
  public List<String> messages() {
    return heard.stream().filter(message -> !message.startsWith("WATCHDOG=1")).toList();
  }

  /** Returns how often the daemon has notified the watchdog. */
  public long lives() {
    return heard.stream().filter(message -> message.startsWith("WATCHDOG=1")).count();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
