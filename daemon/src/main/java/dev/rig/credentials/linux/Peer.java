package dev.rig.credentials.linux;

import java.util.Set;

/**
 * The process at the other end of a connection, as the kernel recorded it at the connect ({@code
 * SO_PEERCRED}, unix(7)).
 *
 * <p>Decisions must use uid and gid. The pid is only for the log: the process may have ended and
 * its pid may be reused (T7).
 *
 * @param pid 0 if the process is in another pid namespace
 * @param uid the effective user id; read as unsigned if negative
 * @param gid the effective group id; read as unsigned if negative
 * @param groups its supplementary groups at the connect ({@code SO_PEERGROUPS}); empty if the
 *     kernel does not report them
 */
public record Peer(int pid, int uid, int gid, Set<Integer> groups) {
  public Peer {
    groups = Set.copyOf(groups);
  }

  /** Creates a peer without supplementary groups. */
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
