package dev.rig.credentials.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

/** Uses a {@code go} of our own, which counts what it builds. */
class GoBuildTest {
  private static final String GO =
      """
      #!/bin/sh
      # Called as: go version, or go build -buildvcs=false -o FOLDER/ PACKAGE
      if [ "$1" = version ]; then
          cat version
          exit
      fi
      echo "$5" >>../builds
      if [ -f broken ]; then
          echo "go: downloading example.org/module v1.0.0"
          echo "main.go:1: it is broken" >&2
          exit 1
      fi
      cp main.go "$4$(cat name)"
      """;

  @TempDir private Path temp;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream console = new PrintStream(printed, true, StandardCharsets.UTF_8);
  private Path go;
  private Path sources;

  @BeforeEach
  void writeGoAndSources() throws IOException {
    go = Files.writeString(temp.resolve("go"), GO);
    Files.setPosixFilePermissions(go, PosixFilePermissions.fromString("rwx------"));
    sources = Files.createDirectory(temp.resolve("sources"));
    Files.writeString(sources.resolve("main.go"), "package main");
    Files.writeString(sources.resolve("version"), "go1");
    Files.writeString(sources.resolve("name"), "program");
  }

  private Path build(String... arguments) {
    var folder = temp.resolve("target/go/programs");
    return new GoBuild(go, sources, folder, List.of(arguments), "a moment", console).run();
  }

  private List<String> builds() throws IOException {
    return Files.readAllLines(temp.resolve("builds"));
  }

  @Test
  void theSameSourcesAreBuiltOnce() throws IOException {
    assertEquals("package main", Files.readString(build(".").resolve("program")));
    build(".");
    assertEquals(List.of("."), builds());
    var line = printed.toString(StandardCharsets.UTF_8);
    assertTrue(line.startsWith("Go builds programs, which takes a moment the first time"), line);
    assertEquals(1, line.lines().count());
  }

  @Test
  void changedSourcesAreBuiltAgain() throws IOException {
    build(".");
    Files.writeString(sources.resolve("main.go"), "package other");
    assertEquals("package other", Files.readString(build(".").resolve("program")));
  }

  @Test
  void otherArgumentsAndAnotherGoBuildAgain() throws IOException {
    build(".");
    build("./...");
    Files.writeString(sources.resolve("version"), "go2");
    build("./...");
    assertEquals(List.of(".", "./...", "./..."), builds());
  }

  @Test
  void programThatIsNoLongerBuiltIsGone() throws IOException {
    assertTrue(Files.exists(build(".").resolve("program")));
    Files.writeString(sources.resolve("name"), "other");
    assertFalse(Files.exists(build(".").resolve("program")));
  }

  @Test
  void failureHasGosMessageAndIsRetried() throws IOException {
    var broken = Files.createFile(sources.resolve("broken"));
    for (int i = 0; i < 2; i++) {
      var failure = assertThrows(AssertionFailedError.class, () -> build("."));
      assertTrue(failure.getMessage().contains(": main.go:1: it is broken ("), failure::toString);
    }
    assertEquals(2, builds().size());
    Files.delete(broken);
    assertTrue(Files.exists(build(".").resolve("program")));
  }

  @Test
  void twoSimultaneousBuildsBuildOnce() throws Exception {
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 2; i++) {
      threads.add(Thread.ofVirtual().start(() -> build(".")));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(List.of("."), builds());
  }
}
