package dev.rig.credentials.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;

/** A minimal server on jnr-unixsocket: one blocking thread that sends everything back. */
public final class JnrEchoServer {
  private JnrEchoServer() {}

  /** Serves at the given path until it is killed. */
  public static void main(String[] arguments) throws IOException {
    try (var server = UnixServerSocketChannel.open()) {
      server.socket().bind(new UnixSocketAddress(Path.of(arguments[0]).toFile()), 1024);
      var buffer = ByteBuffer.allocate(4096);
      while (true) {
        try (var channel = server.accept()) {
          buffer.clear();
          while (channel.read(buffer) >= 0) {}
          buffer.flip();
          channel.write(buffer);
        }
      }
    }
  }
}
