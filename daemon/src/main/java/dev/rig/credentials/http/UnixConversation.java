package dev.rig.credentials.http;

import dev.rig.credentials.socket.Peer;
import dev.rig.credentials.socket.PeerStream;
import java.io.IOException;

/** A conversation on a Unix socket. */
record UnixConversation(PeerStream stream, Deadline request) implements Conversation {
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
    stream.write(bytes, Deadline.ANSWER);
  }
}
