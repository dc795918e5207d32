package dev.rig.credentials.linux;

import java.io.IOException;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** Asks the kernel whose a connection is. Not for two threads at a time. */
public final class PeerCredentials {
  /** {@code struct ucred} of unix(7): pid, uid and gid, of four bytes each. */
  private static final int UCRED = 12;

  private static final int UID = 4;
  private static final int GID = 8;

  private final PeerGroups groups = new PeerGroups();
  private final LibC libc = LibC.instance();
  private final Pointer credentials = Memory.allocateDirect(LibC.runtime(), UCRED, true);
  private final Pointer length = Memory.allocateDirect(LibC.runtime(), Integer.BYTES, true);

  /**
   * Who connected.
   *
   * @throws IOException when the kernel does not say
   */
  public Peer of(int fd) throws IOException {
    length.putInt(0, UCRED);
    if (libc.getsockopt(fd, LibC.SOL_SOCKET, LibC.SO_PEERCRED, credentials, length) < 0) {
      throw new IOException("SO_PEERCRED: " + LibC.lastError());
    }
    var peer =
        new Peer(
            credentials.getInt(0), credentials.getInt(UID), credentials.getInt(GID), groups.of(fd));
    if (length.getInt(0) != UCRED || peer.uid() == -1 || peer.gid() == -1) {
      // What the kernel says of a socket that has no peer: unix(7).
      throw new IOException("the kernel names no peer");
    }
    return peer;
  }
}
