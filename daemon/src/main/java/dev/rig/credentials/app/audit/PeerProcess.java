package dev.rig.credentials.app.audit;

import dev.rig.credentials.linux.Peer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /proc} tells of a peer's process, for the log alone: it may have ended, and its
 * number may be another's (T7).
 *
 * @param executable null where it is not told
 * @param cgroup where its container is
 */
record PeerProcess(@Nullable String executable, ContainerId cgroup) {
  /** Nothing is known of it. */
  static final PeerProcess UNKNOWN = new PeerProcess(null, ContainerId.NONE);

  private static final int MOST_BYTES = 64 * 1024;

  /** Looks at the process now; never fails. */
  static PeerProcess of(Peer peer) {
    return of(peer, Path.of("/proc"));
  }

  static PeerProcess of(Peer peer, Path proc) {
    if (peer.pid() <= 0) {
      return UNKNOWN; // in another pid namespace
    }
    var folder = proc.resolve(Integer.toString(peer.pid()));
    try {
      // A process that cannot be dumped is root's there, whoever runs it: proc(5).
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
      return null; // or not ours to see
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
