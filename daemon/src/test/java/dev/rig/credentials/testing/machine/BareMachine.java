package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import java.nio.file.Path;
import java.util.List;

/**
 * A machine for programs on which little can be written: the root is read-only, {@code /tmp} is
 * empty and noexec. Needs root.
 */
public final class BareMachine {
  /** Moves the daemon's files and folder away and back, because {@code /tmp} may contain them. */
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

  /** Starts the daemon on such a machine; only its folder is writable. */
  public static DaemonUnderTest with(DaemonUnderTest daemon) {
    Tool.needRoot("a file system of its own");
    return daemon.startedBy(
        Tool.UNSHARE.path(), "--mount", "/bin/sh", "-c", SCRIPT, home(), daemon.folder());
  }

  /** Returns the files in {@code /tmp} as a process there sees it. */
  public static List<String> temporaryFiles(long pid) {
    var folder = "/proc/" + pid + "/root/tmp";
    return Command.of("find", folder, "-xdev", "!", "-type", "d")
        .run()
        .succeeded()
        .stdout()
        .lines()
        .toList();
  }

  /** Returns the mount of a folder as a process there sees it: device, type and options. */
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
