package dev.rig.credentials.http.server;

import dev.rig.credentials.linux.Peer;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A connection over TCP; who accepted it closes it when its answer is not taken in time. */
public record TcpHttpConnection(Socket socket, RequestDeadline request) implements HttpConnection {
  private static final int CHUNK = 8 * 1024;

  @Override
  public @Nullable Peer peer() {
    return null;
  }

  @Override
  public byte[] read() throws IOException {
    socket.setSoTimeout((int) request.left().toMillis());
    var chunk = new byte[CHUNK];
    int count = socket.getInputStream().read(chunk);
    return count < 0 ? new byte[0] : Arrays.copyOf(chunk, count);
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }
}
