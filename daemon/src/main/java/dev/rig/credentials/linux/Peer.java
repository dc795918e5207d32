package dev.rig.credentials.linux;

import java.util.Set;

/**
 * The process at the other end of a connection, as the kernel noted it when it connected ({@code
 * SO_PEERCRED}, unix(7)).
 *
 * <p>Decide by uid and gid. The pid is for the log: by the time that it is read the process may
 * have ended and its number may be another's (T7).
 *
 * @param pid 0 where the process is in another pid namespace
 * @param uid the effective user id; as unsigned where it is negative
 * @param gid the effective group id; as unsigned where it is negative
 * @param groups its supplementary groups at that moment ({@code SO_PEERGROUPS}); empty where the
 *     kernel does not tell
 */
public record Peer(int pid, int uid, int gid, Set<Integer> groups) {
  public Peer {
    groups = Set.copyOf(groups);
  }

  /** A peer without supplementary groups. */
  public Peer(int pid, int uid, int gid) {
    this(pid, uid, gid, Set.of());
  }

  @Override
  public String toString() {
    return "pid "
        + pid
        + ", uid "
        + Integer.toUnsignedString(uid)
        + ", gid "
        + Integer.toUnsignedString(gid);
  }
}
