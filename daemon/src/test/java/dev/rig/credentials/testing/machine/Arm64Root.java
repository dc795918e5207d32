package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.testing.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A folder with Debian 13 for arm64, whose programs QEMU runs on this machine's kernel. Needs root.
 */
public final class Arm64Root {
  private static final Duration UNPACK = Duration.ofMinutes(5);
  private static final Duration REGISTERED = Duration.ofSeconds(30);
  private static final Path HANDLER = Path.of("/usr/lib/binfmt.d/qemu-aarch64.conf");

  /** The handler is registered for all processes as long as one has the file system mounted. */
  private static final String REGISTER =
      """
      set -e
      mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
      [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || cat "$0" >/proc/sys/fs/binfmt_misc/register
      echo registered
      exec sleep infinity
      """;

  private static final String ENTER =
      """
      set -e
      mount -t proc proc "$0/proc"
      mount --rbind /dev "$0/dev"
      mount -t tmpfs tmpfs "$0/run"
      mount -t tmpfs tmpfs "$0/tmp"
      exec chroot "$0" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 sh -c "$1"
      """;

  private final Path path;

  private Arm64Root(Path path) {
    this.path = path;
  }

  /**
   * Unpacks the system, and makes it the first time. Ends the test if the machine cannot run it.
   *
   * @param reaper removes it
   * @param path a folder that does not exist yet
   * @param packages in addition to Debian's smallest system
   */
  public static Arm64Root unpack(Reaper reaper, Path path, String... packages) {
    Tool.needRoot("another architecture");
    Requirement.need(
        Files.exists(HANDLER),
        "QEMU cannot run programs of arm64",
        "apt install qemu-user-static, or qemu-user-binfmt from Debian 13 on");
    var handler = reaper.own(privately(REGISTER, HANDLER).start());
    Eventually.within(
        REGISTERED,
        () -> !handler.isAlive() || handler.stdout().equals("registered\n"),
        handler::stderr);
    Requirement.need(
        handler.isAlive(), "binfmt_misc cannot be mounted", "run on a machine of its own");
    var tar = BaseImage.foreign("arm64", "trixie", packages);
    PrivateFile.folder(path);
    reaper.<AutoCloseable>own(
        () -> Command.of("/bin/rm", "-rf", "--one-file-system", path).run().succeeded());
    try (var unpacking = Command.of("/bin/tar", "-C", path, "-xf", tar).start()) {
      unpacking.finish(UNPACK).succeeded();
    }
    return new Arm64Root(path);
  }

  public Path path() {
    return path;
  }

  /** Runs a shell script inside, as root, with a separate {@code /tmp} and {@code /run}. */
  public Running start(String script) {
    return privately(ENTER, path, script).start();
  }

  private static Command privately(String script, Object... arguments) {
    var words = new Object[arguments.length + 6];
    words[0] = Tool.UNSHARE.path();
    words[1] = "--mount";
    words[2] = "--propagation=private";
    words[3] = "/bin/sh";
    words[4] = "-c";
    words[5] = script;
    System.arraycopy(arguments, 0, words, 6, arguments.length);
    return Command.of(words);
  }
}
