package dev.rig.credentials.app.audit;

import dev.rig.credentials.linux.Peer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The process of a peer as {@code /proc} shows it, for the log only: the process may have ended,
 * and its pid may be reused (T7).
 *
 * @param executable null if unknown
 * @param cgroup the process's container
 */
record PeerProcess(@Nullable String executable, ContainerId cgroup) {
  /** An unknown process. */
  static final PeerProcess UNKNOWN = new PeerProcess(null, ContainerId.NONE);

  private static final int MOST_BYTES = 64 * 1024;

  /** Reads {@code /proc} now; never fails. */
  static PeerProcess of(Peer peer) {
    return of(peer, Path.of("/proc"));
  }

  static PeerProcess of(Peer peer, Path proc) {
    if (peer.pid() <= 0) {
      return UNKNOWN; // the peer is in another pid namespace
    }
    var folder = proc.resolve(Integer.toString(peer.pid()));
    try {
      // proc(5): the files of a process that is not dumpable belong to root.
      if (!(Files.getAttribute(folder, "unix:uid") instanceof Integer uid)
          || (uid != peer.uid() && uid != 0)) {
        return UNKNOWN;
      }
    } catch (IOException gone) {
      return UNKNOWN;
    }
    return new PeerProcess(executable(folder), cgroup(folder));
  }

  private static @Nullable String executable(Path folder) {
    try {
      return Files.readSymbolicLink(folder.resolve("exe")).toString();
    } catch (IOException gone) {
      return null; // or access is denied
    }
  }

  private static ContainerId cgroup(Path folder) {
    try (var in = Files.newInputStream(folder.resolve("cgroup"))) {
      return ContainerId.parse(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
    } catch (IOException gone) {
      return ContainerId.NONE;
    }
  }
}
