package dev.rig.credentials.bench;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The resources of a group of rows: a folder, and the reaper of what it starts.
 *
 * @param folder of this group only; its path is short enough for sockets
 */
record Workbench(Path folder, Reaper reaper) {
  /** The requested image if one is enough. */
  static final String QUESTION = "registry.example.com/team-7/service/image";

  private static final int ENTRIES = 100;
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Path SOURCES = Path.of("src/bench").toAbsolutePath();

  /** Returns a hundred entries, one of which answers the request. */
  static String values() {
    var yaml = new StringBuilder("rig:\n  dockerRegistries:\n");
    for (int i = 0; i < ENTRIES; i++) {
      yaml.append("    registry.example.com/team-").append(i).append(":\n");
      yaml.append("      script: echo user:secret-of-").append(i).append("\n");
    }
    return yaml.toString();
  }

  /** Returns a daemon with the default log, not started. */
  DaemonUnderTest daemon(String name) {
    return new DaemonUnderTest(reaper, folder.resolve(name)).logging("info");
  }

  /** Returns the file with the request {@code get}, for clients to send. */
  Path request() throws IOException {
    return Files.writeString(folder.resolve("get"), "get\n" + QUESTION);
  }

  /** Returns the folder of the distribution. */
  static Path distribution() {
    return Distribution.daemon().getParent().getParent();
  }

  /** Returns the JVM of the distribution. */
  static Path java() {
    return distribution().resolve("runtime/bin/java");
  }

  /** Returns the command of a server of ours on the daemon's JVM, with the daemon's options. */
  static List<String> onDaemonsJvm(Class<?> main, Object... arguments) {
    var words =
        List.of(
            java(),
            "@" + distribution().resolve("lib/jvm.options"),
            "-Djffi.boot.library.path=" + distribution().resolve("lib/native"),
            "-cp",
            System.getProperty("java.class.path"),
            main.getName());
    return java.util.stream.Stream.concat(words.stream(), Arrays.stream(arguments))
        .map(Object::toString)
        .toList();
  }

  /** Compiles one of our C programs, statically, with the C library of the helper. */
  Path compiled(String name) {
    return compiled(Tool.MUSL_GCC.isInstalled() ? Tool.MUSL_GCC : Tool.CC, name, name);
  }

  /** Compiles it with the C library of this machine's other programs. */
  Path compiledOnGlibc(String name) {
    return compiled(Tool.CC, name, name + "-on-glibc");
  }

  private Path compiled(Tool compiler, String name, String as) {
    var program = folder.resolve(as);
    Command.of(
            compiler.path(),
            "-O2",
            "-static",
            "-pthread",
            "-o",
            program,
            SOURCES.resolve("c").resolve(name + ".c"))
        .run()
        .succeeded();
    return program;
  }

  /** Runs one of the C programs to its end; returns the printed figures, line by line. */
  static List<double[]> figures(Command command) {
    try (var running = command.start()) {
      return running
          .finish(LONG)
          .succeeded()
          .stdout()
          .lines()
          .map(
              line -> Arrays.stream(line.split(" ", -1)).mapToDouble(Double::parseDouble).toArray())
          .toList();
    }
  }

  /** Returns a folder below this one that serves as a program's home. */
  Path home(String name) {
    return PrivateFile.folder(folder.resolve(name));
  }
}
