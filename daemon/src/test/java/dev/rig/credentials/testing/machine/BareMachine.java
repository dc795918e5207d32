package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import java.nio.file.Path;
import java.util.List;

/**
 * A machine on which little may be written, for programs that are started by it: the root is
 * read-only, {@code /tmp} is empty and allows no programs. Needs root.
 */
public final class BareMachine {
  /**
   * What the daemon is built of and its folder are put aside and back, for {@code /tmp} may hold
   * them.
   */
  private static final String SCRIPT =
      """
      set -e
      mount -t tmpfs tmpfs /mnt
      mkdir /mnt/built /mnt/own
      mount --bind "$0" /mnt/built
      mount --bind "$1" /mnt/own
      mount -t tmpfs -o noexec,nosuid,nodev,mode=1777 tmpfs /tmp
      mkdir -p "$0" "$1"
      mount --bind /mnt/built "$0"
      mount -o remount,bind,ro "$0"
      mount --bind /mnt/own "$1"
      mount -o remount,bind,ro /
      shift
      exec "$@"
      """;

  private BareMachine() {}

  /** Has that daemon started on such a machine; its folder alone can be written to. */
  public static DaemonUnderTest with(DaemonUnderTest daemon) {
    Tool.needRoot("a file system of its own");
    return daemon.startedBy(
        Tool.UNSHARE.path(), "--mount", "/bin/sh", "-c", SCRIPT, home(), daemon.folder());
  }

  /** The files in the {@code /tmp} that a process there sees. */
  public static List<String> temporaryFiles(long pid) {
    var folder = "/proc/" + pid + "/root/tmp";
    return Command.of("find", folder, "-xdev", "!", "-type", "d")
        .run()
        .succeeded()
        .stdout()
        .lines()
        .toList();
  }

  /** How the folder is mounted that a process there sees: device, type and options. */
  public static String mount(long pid, Path folder) {
    var middle = " " + folder + " ";
    return Command.of("cat", "/proc/" + pid + "/mounts")
        .run()
        .succeeded()
        .stdout()
        .lines()
        .filter(line -> line.contains(middle))
        .reduce("", (_, last) -> last);
  }

  private static Path home() {
    return Distribution.daemon().getParent().getParent();
  }
}
