package dev.rig.credentials.source.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.files.WriteAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShellTest {
  private static final WriteAccess ACCESS = WriteAccess.ofThisProcess(Map.of());

  @TempDir Path root;

  @BeforeEach
  void machine() throws IOException {
    root = root.toRealPath();
    Files.createDirectories(root.resolve("bin"));
    Files.createDirectories(root.resolve("usr/bin"));
  }

  private Path program(String name) throws IOException {
    var file = Files.writeString(root.resolve(name), "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  private void sh(String target) throws IOException {
    Files.createSymbolicLink(root.resolve("bin/sh"), Path.of(target));
  }

  @Test
  void shThatIsBashOrBusyboxIsUsedAsItIs() throws IOException {
    program("bin/bash");
    sh("bash");
    var shell = Shell.ofThisMachine(root);
    assertEquals(root.resolve("bin/sh"), shell.program());
    assertEquals(List.of("--posix", "+O", "xpg_echo"), shell.options());
    assertEquals("", shell.prologue());

    Files.delete(root.resolve("bin/sh"));
    program("bin/busybox");
    sh("busybox");
    assertEquals(new Shell(root.resolve("bin/sh"), List.of(), ""), Shell.ofThisMachine(root));
  }

  @Test
  void bashIsUsedWhereShIsDash() throws IOException {
    program("usr/bin/dash");
    program("usr/bin/bash");
    sh("../usr/bin/dash");
    assertEquals(root.resolve("usr/bin/bash"), Shell.ofThisMachine(root).program());
  }

  @Test
  void onlyDashGetsOurOwnEcho() throws IOException {
    program("bin/dash");
    sh("dash");
    var shell = Shell.ofThisMachine(root);
    assertEquals(root.resolve("bin/sh"), shell.program());
    assertNotEquals("", shell.prologue());
    assertEquals(-1, shell.prologue().indexOf('\n'), "line numbers stay true");
  }

  @Test
  void busyboxItselfIsCalledAsSh() throws IOException {
    assertEquals(List.of("sh"), Shell.of(program("bin/busybox")).options());
  }

  @Test
  void busyboxUnderAnotherNameIsCalledAsSh() throws IOException {
    var busybox = program("bin/busybox");
    for (var name : List.of("sh", "ash")) {
      var link = Files.createSymbolicLink(root.resolve("bin").resolve(name), busybox);
      assertEquals(new Shell(link, List.of(), ""), Shell.of(link));
    }
    var other = Files.createSymbolicLink(root.resolve("bin/own-shell"), busybox);
    assertEquals(new Shell(busybox.toRealPath(), List.of("sh"), ""), Shell.of(other));
  }

  @Test
  void shellThatOthersCanWriteIsRefused() throws IOException {
    var shell = Shell.of(program("bin/bash"));
    assertEquals(Optional.empty(), shell.problem(ACCESS));
    for (var mode : List.of("rwxrwxrwx", "rwxr-xrwx")) {
      Files.setPosixFilePermissions(shell.program(), PosixFilePermissions.fromString(mode));
      assertTrue(
          shell.problem(ACCESS).orElse("").contains("is writable by"),
          shell.problem(ACCESS)::toString);
    }
    Files.setPosixFilePermissions(shell.program(), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(
        root.resolve("bin"), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertTrue(
        shell.problem(ACCESS).orElse("").startsWith(root.resolve("bin") + " is writable by"));
  }

  @Test
  void shellThatCannotBeRunIsRejected() throws IOException {
    assertTrue(Shell.of(root.resolve("none")).problem(ACCESS).isPresent());
    assertTrue(Shell.of(root.resolve("bin")).problem(ACCESS).isPresent());
    assertTrue(Shell.of(Files.writeString(root.resolve("text"), "")).problem(ACCESS).isPresent());
  }

  @Test
  void shellsThatAreHerePrintTheDocumentedIdiomUnchanged() {
    for (var name : List.of("sh", "bash", "dash", "busybox")) {
      var program = Path.of("/bin", name);
      if (Files.isExecutable(program)) {
        assertEquals(Optional.empty(), Shell.of(program).idiomProblem(Duration.ofMinutes(1)));
      }
    }
  }

  /** Like zsh, in which USERNAME is special. */
  @Test
  void shellThatPrintsAnotherUserNameIsFound() throws IOException {
    var shell = program("bin/odd");
    Files.writeString(shell, "#!/bin/sh\necho 'root:\t%s\'\n");
    assertEquals(
        "echo \"$USERNAME:$PASSWORD\" prints something else in " + shell,
        Shell.of(shell).idiomProblem(Duration.ofMinutes(1)).orElse(""));
  }

  @Test
  void shellThatDoesNotEndIsFound() throws IOException {
    var shell = program("bin/slow");
    Files.writeString(shell, "#!/bin/sh\nexec sleep 60\n");
    assertEquals(
        shell + " did not end within 0 s",
        Shell.of(shell).idiomProblem(Duration.ofMillis(50)).orElse(""));
  }
}
