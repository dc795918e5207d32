package dev.rig.credentials.socket;

import java.io.IOException;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;

/** Asks the kernel whose a connection is. Not for two threads at a time. */
final class Peers {
  private final PeerGroups groups = new PeerGroups();

  /**
   * Who connected.
   *
   * @throws IOException when the kernel does not say
   */
  Peer of(int fd) throws IOException {
    var credentials = UnixSocketChannel.fromFD(fd).getOption(UnixSocketOptions.SO_PEERCRED);
    var peer =
        new Peer(credentials.getPid(), credentials.getUid(), credentials.getGid(), groups.of(fd));
    if (peer.uid() == -1 || peer.gid() == -1) {
      // What the kernel says of a socket that has no peer: unix(7).
      throw new IOException("the kernel names no peer");
    }
    return peer;
  }
}
