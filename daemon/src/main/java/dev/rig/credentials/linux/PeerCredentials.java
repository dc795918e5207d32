package dev.rig.credentials.linux;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import jnr.constants.platform.Errno;
import jnr.ffi.Pointer;

/** Reads the peer of a connection from the kernel. Used by one thread. */
public final class PeerCredentials {
  /** {@code struct ucred} of unix(7): pid, uid and gid, four bytes each. */
  private static final int UCRED = 12;

  private static final int UID = 4;
  private static final int GID = 8;
  private static final int FIRST_GROUPS = 64;

  private final Pointer credentials = LibC.memory(UCRED);
  private final Pointer length = LibC.memory(Integer.BYTES);
  private Pointer groups = LibC.memory(FIRST_GROUPS * Integer.BYTES);
  private int room = FIRST_GROUPS * Integer.BYTES;

  /**
   * Returns the peer of a connection.
   *
   * @throws IOException if the kernel reports none
   */
  public Peer of(int fd) throws IOException {
    if (option(fd, LibC.SO_PEERCRED, credentials, UCRED) < 0) {
      throw new IOException("SO_PEERCRED: " + LibC.lastError());
    }
    int size = length.getInt(0);
    int uid = credentials.getInt(UID);
    int gid = credentials.getInt(GID);
    if (size != UCRED || uid == -1 || gid == -1) {
      // The kernel's answer for a socket without a peer: unix(7).
      throw new IOException("the kernel reports no peer");
    }
    return new Peer(credentials.getInt(0), uid, gid, groupsOf(fd));
  }

  /**
   * Returns the supplementary groups of the peer at the connect ({@code SO_PEERGROUPS}, since Linux
   * 4.13); only the kernel knows those of a container's {@code supplementalGroups} and {@code
   * fsGroup}. Empty if an old kernel does not report them; they then give no rights.
   */
  private Set<Integer> groupsOf(int fd) {
    int result = option(fd, LibC.SO_PEERGROUPS, groups, room);
    if (result < 0 && LibC.lastError() == Errno.ERANGE && length.getInt(0) > room) {
      room = length.getInt(0); // the required size
      groups = LibC.memory(room);
      result = option(fd, LibC.SO_PEERGROUPS, groups, room);
    }
    if (result < 0 || length.getInt(0) == 0) {
      return Set.of();
    }
    var found = new HashSet<Integer>();
    for (int at = 0; at < length.getInt(0); at += Integer.BYTES) {
      found.add(groups.getInt(at));
    }
    return found;
  }

  private int option(int fd, int name, Pointer value, int size) {
    length.putInt(0, size);
    return LibC.getsockopt(fd, LibC.SOL_SOCKET, name, value, length);
  }
}
