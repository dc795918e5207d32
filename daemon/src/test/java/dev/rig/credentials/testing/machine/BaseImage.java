package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.testing.Requirement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Debian from this machine's own mirror, made once by debootstrap and kept below {@code target}:
 * the base of a Dockerfile for a Docker Engine without a network, and the system of a separate
 * machine.
 */
public final class BaseImage {
  private static final Duration LIMIT = Duration.ofMinutes(20);

  private BaseImage() {}

  /**
   * Returns a tar of the system.
   *
   * @param suite Debian's name of the release
   * @param packages in addition to Debian's smallest system
   */
  public static Path of(String suite, String... packages) {
    return make(List.of(), suite, packages);
  }

  /** Returns the same for another architecture, whose programs this machine must be able to run. */
  static Path foreign(String architecture, String suite, String... packages) {
    return make(List.of("--arch=" + architecture), suite, packages);
  }

  /** Synchronized, because classes that run at the same time use the same base. */
  private static synchronized Path make(List<String> options, String suite, String... packages) {
    var kept =
        PrivateFile.folder(
            Path.of(System.getProperty("basedir", ""))
                .resolve("target/base-image")
                .toAbsolutePath());
    var name =
        Stream.of(List.of(suite), List.of(packages), options)
            .flatMap(List::stream)
            .collect(Collectors.joining("+"));
    var tar = kept.resolve(name + ".tar");
    if (!Files.exists(tar)) {
      make(options, suite, packages, kept.resolve(name), tar);
    }
    return tar;
  }

  private static void make(
      List<String> options, String suite, String[] packages, Path root, Path tar) {
    Tool.needRoot("debootstrap");
    var part = root.resolveSibling(root.getFileName() + ".part");
    Command.of("/bin/rm", "-rf", root).run().succeeded();
    var bootstrap = new ArrayList<Object>(List.of(Tool.DEBOOTSTRAP.path(), "--variant=minbase"));
    bootstrap.addAll(options);
    if (packages.length > 0) {
      bootstrap.add("--include=" + String.join(",", packages));
    }
    bootstrap.addAll(List.of(suite, root, mirror()));
    run(Command.of(bootstrap.toArray()));
    // This machine's access to its mirror, for example through a proxy.
    var apt = Command.of("apt-config", "dump", "Acquire").run().succeeded().stdout();
    PrivateFile.write(root.resolve("etc/apt/apt.conf.d/00machine"), apt);
    run(Command.of("/bin/sh", "-c", "rm -rf \"$0\"/var/cache/apt/archives/*.deb", root));
    run(Command.of("/bin/tar", "-C", root, "-cf", part, "."));
    run(Command.of("/bin/rm", "-rf", root));
    try {
      Files.move(part, tar, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the mirror from which this machine gets Debian's packages. */
  private static String mirror() {
    List<String> mirrors =
        Command.of("apt-get", "indextargets", "--format", "$(REPO_URI)", "Label: Debian")
            .run()
            .stdout()
            .lines()
            .toList();
    Requirement.need(
        !mirrors.isEmpty(), "apt has no list of Debian's packages", "run apt-get update");
    return mirrors.getFirst();
  }

  private static void run(Command command) {
    try (var running = command.start()) {
      running.finish(LIMIT).succeeded();
    }
  }
}
