package dev.rig.credentials.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;

/** A minimal server on the JDK's Unix sockets: one blocking thread that sends everything back. */
public final class JdkEchoServer {
  private JdkEchoServer() {}

  /** Serves at the given path until it is killed. */
  public static void main(String[] arguments) throws IOException {
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(arguments[0]), 1024);
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
