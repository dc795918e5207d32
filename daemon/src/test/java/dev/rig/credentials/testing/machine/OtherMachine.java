package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A separate network with one address that is not loopback, and its own {@code /etc/docker} and
 * {@code /etc/containers}: nothing that a test does there is visible outside.
 */
public final class OtherMachine {
  /** Its address, in a network for documentation (RFC 5737). */
  public static final String ADDRESS = "192.0.2.7";

  private static final Duration START = Duration.ofSeconds(10);

  private static final String SETUP =
      """
      set -e
      ip link set lo up
      ip address add "$1/32" dev lo
      for part in docker containers; do
          cp -r "/etc/$part" "$2/$part"
          mount --bind "$2/$part" "/etc/$part"
      done
      echo ready
      exec sleep 600
      """;

  private final long pid;

  private OtherMachine(long pid) {
    this.pid = pid;
  }

  /**
   * Creates a machine that exists until the test ends.
   *
   * @param folder for its files
   */
  public static OtherMachine start(Reaper reaper, Path folder) {
    Tool.needRoot("a network of its own");
    Tool.IP.path();
    Tool.DOCKERD.path(); // which creates /etc/docker
    Tool.SKOPEO.path();
    PrivateFile.folder(folder);
    var running =
        reaper.own(
            Command.of(
                    Tool.UNSHARE.path(),
                    "--net",
                    "--mount",
                    "/bin/sh",
                    "-c",
                    SETUP,
                    "sh",
                    ADDRESS,
                    folder)
                .start());
    Eventually.within(START, () -> running.stdout().contains("ready"), () -> running.stderr());
    return new OtherMachine(running.pid());
  }

  /** Returns the command as it runs there. */
  public Command with(Command command) {
    return command.inside(pid, "--net", "--mount");
  }
}
