package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assertions;

/**
 * A Debian machine in namespaces of this one, with Docker, and with systemd as its first process.
 * Its network has only loopback.
 */
public final class DebianMachine implements AutoCloseable {
  private static final Duration MAKE = Duration.ofMinutes(8);

  /** How long a boot may log nothing: twice what systemd gives a unit that does not start. */
  private static final Duration STILL = Duration.ofMinutes(3);

  private static final Duration RUN = Duration.ofMinutes(5);
  private static final Duration POWER_OFF = Duration.ofMinutes(2);
  private static final String SECONDS_TO_ANSWER = "5";

  private static final String[] PACKAGES = {
    "ca-certificates", "dbus", "docker.io", "libpam-systemd", "sudo", "systemd-sysv"
  };

  private static final String NAME = "clean";
  private static final String UNIT = "systemd.unit=multi-user.target";

  private final Path root;
  private final Running container;
  private final long first;

  private DebianMachine(Path root, Running container, long first) {
    this.root = root;
    this.container = container;
    this.first = first;
  }

  /** Makes the machine from Debian's archive, and boots it. Ends the test if a tool is missing. */
  public static DebianMachine boot(Reaper reaper, Path root) {
    Tool.needRoot("a machine of its own");
    var nspawn = Tool.SYSTEMD_NSPAWN.path();
    unpack(BaseImage.of(release(), PACKAGES), PrivateFile.folder(root));
    var container =
        reaper.own(
            Command.of(
                    nspawn,
                    "--quiet",
                    "--register=no",
                    "--keep-unit",
                    "--directory=" + root,
                    "--machine=" + NAME + "-" + ProcessHandle.current().pid(),
                    "--private-network",
                    "--console=pipe",
                    "--boot",
                    UNIT)
                .start());
    var machine = reaper.own(new DebianMachine(root, container, first(container)));
    Eventually.progressing(STILL, machine::journal, machine::isUp, machine::howItBoots);
    return machine;
  }

  private static void unpack(Path tar, Path root) {
    Command.of("/bin/tar", "-C", root, "-xf", tar).start().finish(MAKE).succeeded();
    try {
      Files.writeString(root.resolve("etc/hostname"), NAME + "\n");
      Files.writeString(root.resolve("etc/hosts"), "127.0.0.1 localhost\n127.0.1.1 " + NAME + "\n");
      Files.writeString(
          root.resolve("etc/docker/daemon.json"),
          """
          {"bridge": "none", "iptables": false, "ip6tables": false, "storage-driver": "vfs"}
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the child of systemd-nspawn that is process 1 inside. */
  private static long first(Running container) {
    var found = new AtomicLong();
    Eventually.within(
        STILL,
        () ->
            container
                .pids()
                .filter(pid -> isInit(ProcFiles.arguments(pid)))
                .peek(found::set)
                .findFirst()
                .isPresent(),
        () -> "systemd-nspawn starts no first process: " + container.stdout() + container.stderr());
    return found.get();
  }

  /** Until they start init, the children of systemd-nspawn have its arguments. */
  private static boolean isInit(String arguments) {
    return arguments.contains(" " + UNIT) && !arguments.contains("--directory=");
  }

  private boolean isUp() {
    Assertions.assertTrue(
        container.isAlive(), () -> "it is off: " + container.stdout() + container.stderr());
    // Frequent queries would slow the boot.
    return asked("systemctl", "is-system-running", "--wait").matches("(running|degraded)\n");
  }

  private String howItBoots() {
    return """
    the machine's boot, with nothing new in its journal; its state: %sit waits for:
    %sthe end of its journal:
    %s
    """
        .formatted(
            asked("systemctl", "is-system-running"),
            asked("systemctl", "list-jobs", "--no-pager"),
            journal());
  }

  private String journal() {
    return asked("journalctl", "--no-pager", "--lines=40", "--output=short-monotonic");
  }

  /** Returns the output of a program inside; empty if it does not end soon. */
  private String asked(String... words) {
    var command = new String[words.length + 2];
    command[0] = "timeout";
    command[1] = SECONDS_TO_ANSWER;
    System.arraycopy(words, 0, command, 2, words.length);
    return inside((Object[]) command).run().stdout();
  }

  /** Returns this machine's release, whose systemd is known to boot on this kernel. */
  private static String release() {
    try (var lines = Files.lines(Path.of("/etc/os-release"))) {
      return lines
          .filter(line -> line.startsWith("VERSION_CODENAME="))
          .map(line -> line.substring("VERSION_CODENAME=".length()).replace("\"", ""))
          .findFirst()
          .orElse("stable");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the folder that is its {@code /}. */
  public Path root() {
    return root;
  }

  /** Runs a program inside. */
  public ProgramResult run(Object... words) {
    return inside(words).start().finish(RUN);
  }

  /** Runs a script inside, as root. */
  public ProgramResult sh(String script) {
    return run("sh", "-c", script);
  }

  /**
   * Runs the lines that a logged-in user types: in a shell in their home, in a session of logind.
   * Ends with the first line that fails.
   */
  public ProgramResult typed(String user, String lines) {
    try {
      Files.writeString(root.resolve("opt/typed"), "set -e\n" + lines + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return run(
        "systemd-run",
        "--quiet",
        "--pipe",
        "--wait",
        "--collect",
        "--uid=" + user,
        "--property=PAMName=login",
        "--property=WorkingDirectory=~",
        "/bin/bash",
        "-l",
        "/opt/typed");
  }

  private Command inside(Object... words) {
    return Command.of(words).inside(first, "--all");
  }

  /** Returns a command of this machine that runs on the network of that one. */
  public Command onItsNetwork(Command command) {
    return command.inside(first, "--net");
  }

  /** Switches the machine off and removes it. */
  @Override
  public void close() {
    if (container.isAlive()) {
      Command.of("kill", "-s", "RTMIN+4", first).run(); // systemd(1): power off
      container.finish(POWER_OFF);
    }
    Command.of("rm", "-rf", "--one-file-system", root).run().succeeded();
  }
}
