package dev.rig.credentials.linux;

import java.util.HashSet;
import java.util.Set;
import jnr.constants.platform.Errno;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * Asks the kernel for the supplementary groups that a peer had when it connected ({@code
 * SO_PEERGROUPS}, since Linux 4.13). What a container's {@code supplementalGroups} and {@code
 * fsGroup} give is known there alone. Belongs to the event loop's thread.
 */
final class PeerGroups {
  private static final int FIRST_ROOM = 64;

  private final LibC libc = LibC.instance();
  private final Pointer length = Memory.allocateDirect(LibC.runtime(), Integer.BYTES, true);
  private Pointer groups = Memory.allocateDirect(LibC.runtime(), FIRST_ROOM * Integer.BYTES, true);
  private int size = FIRST_ROOM * Integer.BYTES;

  /** The groups; empty where an old kernel does not tell, so that they give nobody a right. */
  Set<Integer> of(int fd) {
    length.putInt(0, size);
    int result = libc.getsockopt(fd, LibC.SOL_SOCKET, LibC.SO_PEERGROUPS, groups, length);
    if (result < 0 && LibC.lastError() == Errno.ERANGE && length.getInt(0) > size) {
      size = length.getInt(0); // what it takes
      groups = Memory.allocateDirect(LibC.runtime(), size, true);
      length.putInt(0, size);
      result = libc.getsockopt(fd, LibC.SOL_SOCKET, LibC.SO_PEERGROUPS, groups, length);
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
}
