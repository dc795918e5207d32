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
 * Debian as this machine's own mirror has it, made by debootstrap once and kept below {@code
 * target}: the base of a Dockerfile, for a Docker Engine that reaches no registry, and what a
 * machine of its own boots.
 */
public final class BaseImage {
  private static final Duration LIMIT = Duration.ofMinutes(20);

  private BaseImage() {}

  /**
   * A tar of the system.
   *
   * @param suite Debian's name for it
   * @param packages what it has besides Debian's smallest system
   */
  public static Path of(String suite, String... packages) {
    return make(List.of(), suite, packages);
  }

  /** The same for another architecture, whose programs this machine must be able to run. */
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
    // How this machine reaches its mirror, as through a proxy.
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

  /** Where this machine gets Debian's packages. */
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
