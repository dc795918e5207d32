package dev.rig.credentials.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/**
 * One {@code go build}. It is not repeated while sources, arguments and Go are the same. Next to
 * the folder of the programs are Go's output ({@code .log}) and a lock, so that one of two
 * simultaneous builds waits for the other.
 *
 * @param go the program {@code go}; it gets this process's environment, with its caches and proxies
 * @param sources the folder of {@code go.mod}
 * @param folder receives the programs; anything else in it is removed
 * @param arguments for {@code go build}: further flags, and the packages
 * @param takes the time and space that the first build needs, in words
 * @param console receives a line if something is built
 */
record GoBuild(
    Path go, Path sources, Path folder, List<String> arguments, String takes, PrintStream console) {
  private static final Duration LIMIT = Duration.ofHours(2);
  private static final String DIGEST = ".sha256";

  GoBuild {
    arguments = List.copyOf(arguments);
  }

  /**
   * Builds the programs, unless they are up to date.
   *
   * @return the folder of the programs
   */
  Path run() {
    synchronized (GoBuild.class) {
      try {
        Files.createDirectories(folder);
        try (var channel =
            FileChannel.open(
                beside(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
          channel.lock(); // until it is closed
          buildWhenStale();
        }
        return folder;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private void buildWhenStale() throws IOException, InterruptedException {
    var digest = digest();
    var built = folder.resolve(DIGEST);
    if (Files.exists(built) && Files.readString(built).equals(digest)) {
      return;
    }
    for (var old : files(folder)) {
      Files.delete(old);
    }
    build();
    Files.writeString(built, digest);
  }

  private void build() throws IOException, InterruptedException {
    var log = beside(".log");
    console.printf(
        "Go builds %s, which takes %s the first time; what it says: %s%n",
        folder.getFileName(), takes, log);
    var words =
        new ArrayList<>(List.of(go.toString(), "build", "-buildvcs=false", "-o", folder + "/"));
    words.addAll(arguments);
    var process =
        new ProcessBuilder(words)
            .directory(sources.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(LIMIT.toMinutes(), TimeUnit.MINUTES)) {
        Assertions.fail("go build of %s takes too long, see %s".formatted(sources, log));
      }
    } finally {
      process.destroy();
    }
    if (process.exitValue() != 0) {
      var said = Files.readAllLines(log);
      said.removeIf(line -> line.startsWith("go: downloading "));
      Assertions.fail(
          "go build of %s: %s (all of it: %s)"
              .formatted(sources, said.isEmpty() ? "failed" : said.getFirst(), log));
    }
  }

  /** Returns a hash of everything that determines the programs. */
  private String digest() throws IOException, InterruptedException {
    var digest = sha256();
    var version = new ProcessBuilder(go.toString(), "version").directory(sources.toFile()).start();
    digest.update(version.getInputStream().readAllBytes());
    version.waitFor();
    digest.update(arguments.toString().getBytes(StandardCharsets.UTF_8));
    for (var source : files(sources)) {
      digest.update(sources.relativize(source).toString().getBytes(StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(source));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private Path beside(String suffix) {
    return folder.resolveSibling(folder.getFileName() + suffix);
  }
}
