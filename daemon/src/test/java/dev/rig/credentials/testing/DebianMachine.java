package dev.rig.credentials.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A machine of Debian's with systemd as its first process, in namespaces of this one. */
public final class DebianMachine implements AutoCloseable {
  private static final Duration MAKE = Duration.ofMinutes(8);
  private static final Duration BOOT = Duration.ofMinutes(2);
  private static final Duration RUN = Duration.ofMinutes(2);
  private static final Duration POWER_OFF = Duration.ofSeconds(30);

  private static final String UNIT = "systemd.unit=multi-user.target";

  private final Path root;
  private final Running container;
  private final long first;

  private DebianMachine(Path root, Running container, long first) {
    this.root = root;
    this.container = container;
    this.first = first;
  }

  /**
   * Makes the machine, from Debian's archive, and boots it without a network. Ends the test where
   * the tools are missing.
   */
  public static DebianMachine boot(Reaper reaper, Path root) {
    Tool.needRoot("a machine of its own");
    var nspawn = Tool.SYSTEMD_NSPAWN.path();
    Command.of(
            Tool.DEBOOTSTRAP.path(),
            "--variant=minbase",
            "--include=systemd-sysv,dbus,libpam-systemd",
            release(),
            root)
        .start()
        .finish(MAKE)
        .succeeded();
    var container =
        reaper.own(
            Command.of(
                    nspawn,
                    "--quiet",
                    "--register=no",
                    "--keep-unit",
                    "--directory=" + root,
                    "--machine=rig-package-it",
                    "--private-network",
                    "--console=pipe",
                    "--boot",
                    UNIT)
                .start());
    var machine = reaper.own(new DebianMachine(root, container, first(container)));
    Eventually.within(
        BOOT,
        () ->
            machine.run("systemctl", "is-system-running").stdout().matches("(running|degraded)\n"),
        () -> container.stdout() + container.stderr());
    return machine;
  }

  /** The child of systemd-nspawn's that is process 1 inside. */
  private static long first(Running container) {
    var found = new AtomicLong();
    Eventually.within(
        BOOT,
        () ->
            container
                .pids()
                .filter(pid -> pid != container.pid())
                .filter(pid -> ProcFiles.arguments(pid).contains(" " + UNIT))
                .peek(found::set)
                .findFirst()
                .isPresent(),
        () -> container.stdout() + container.stderr());
    return found.get();
  }

  /** The release that this machine has: what its systemd can boot on this kernel is known. */
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

  /** The folder that is its {@code /}. */
  public Path root() {
    return root;
  }

  /** Runs a program inside. */
  public Outcome run(Object... words) {
    var inside =
        new ArrayList<Object>(List.of("nsenter", "--target", first, "--all", "--", "/usr/bin/env"));
    inside.addAll(List.of(words));
    return Command.of(inside.toArray()).start().finish(RUN);
  }

  /** Switches it off and removes it. */
  @Override
  public void close() {
    if (container.isAlive()) {
      Command.of("kill", "-s", "RTMIN+4", first).run(); // systemd(1): power off
      container.finish(POWER_OFF);
    }
    Command.of("rm", "-rf", "--one-file-system", root).run().succeeded();
  }
}
