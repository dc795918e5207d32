package dev.rig.credentials.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A Unix socket that handles its clients in sequence, as a test requires. */
final class StubDaemon implements AutoCloseable {
  /** What happens on one connection; it is closed afterwards. */
  interface Behaviour {
    void treat(SocketChannel client) throws IOException, InterruptedException;
  }

  private final ServerSocketChannel server;

  /** Starts to serve; the last behaviour repeats. */
  StubDaemon(Path socket, Behaviour... behaviours) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    var thread = new Thread(() -> serve(behaviours), "stub daemon");
    thread.setDaemon(true);
    thread.start();
  }

  /** Reads the request to its end, stores it in a list, and answers with these bytes. */
  static Behaviour answers(List<byte[]> requests, byte[] answer) {
    return client -> {
      requests.add(Channels.newInputStream(client).readAllBytes());
      write(client, answer);
    };
  }

  /** Answers with a text, for a test that does not examine the request. */
  static Behaviour answers(String answer) {
    return answers(new CopyOnWriteArrayList<>(), answer.getBytes(StandardCharsets.UTF_8));
  }

  static void write(SocketChannel client, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      int unused = client.write(buffer);
    }
  }

  private void serve(Behaviour... behaviours) {
    int next = 0;
    while (true) {
      try (SocketChannel client = server.accept()) {
        behaviours[Math.min(next, behaviours.length - 1)].treat(client);
        next++;
      } catch (ClosedChannelException | InterruptedException e) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
