package dev.rig.credentials.http.server;

import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.socket.PeerStream;
import java.io.IOException;

/** A connection on a Unix socket. */
public record UnixHttpConnection(PeerStream stream, RequestDeadline request)
    implements HttpConnection {
  @Override
  public Peer peer() {
    return stream.peer();
  }

  @Override
  public byte[] read() throws IOException {
    return stream.read(request.left());
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    stream.write(bytes, RequestDeadline.ANSWER);
  }
}
