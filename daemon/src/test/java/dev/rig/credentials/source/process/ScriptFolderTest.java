package dev.rig.credentials.source.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScriptFolderTest {
  @TempDir Path temp;

  @Test
  void symbolicLinkInTheWayIsNotFollowed() throws IOException {
    var path = temp.resolve("scripts");
    var folder = ScriptFolder.open(path);
    var target = temp.resolve("target");
    var name = "run-" + ProcessHandle.current().pid() + "-id.1";
    Files.createSymbolicLink(path.resolve(name), target);
    assertThrows(FileAlreadyExistsException.class, () -> folder.write("id.1", "text"));
    assertFalse(Files.exists(target));
  }

  @Test
  void filesOfEndedProcessesAreRemovedAndThoseOfRunningOnesKept() throws IOException {
    var path = temp.resolve("scripts");
    var living = ScriptFolder.open(path).write("id.1", "text");
    // No process has such a high pid: PID_MAX_LIMIT is 2^22.
    var dead = Files.createFile(path.resolve("run-999999999-id.1"));
    // The names of a runner's files.
    var dashed =
        Files.createFile(path.resolve("run-999999999-4bd4ac2c-0000-4000-8000-00c04fd430c8.1.1"));
    var other = Files.createFile(path.resolve("something else"));
    var reused = ScriptFolder.open(path).write("id.2", "text");
    Files.setLastModifiedTime(reused, java.nio.file.attribute.FileTime.fromMillis(0));
    ScriptFolder.open(path);
    assertTrue(Files.exists(living));
    assertTrue(Files.exists(other));
    assertFalse(Files.exists(dead));
    assertFalse(Files.exists(dashed));
    assertFalse(Files.exists(reused));
    assertEquals("text", Files.readString(living));
  }

  /** Only root can create such a folder, and root can always enter it, so root must be rejected. */
  @Test
  void folderOfAnotherUserIsRefused() throws IOException {
    var path = temp.resolve("scripts");
    ScriptFolder.open(path);
    Tool.needRoot("giving a folder away");
    Files.setAttribute(path, "unix:uid", 65534);
    var refused = assertThrows(IOException.class, () -> ScriptFolder.open(path));
    assertTrue(String.valueOf(refused.getMessage()).contains("belongs to another user"));
    try (var left = Files.list(path)) {
      assertEquals(0, left.count());
    }
  }

  /** F23: deleting the socket may delete its folder too. */
  @Test
  void removedFolderIsCreatedAgain() throws IOException {
    var path = temp.resolve("scripts");
    var folder = ScriptFolder.open(path);
    Files.delete(path);
    assertEquals("text", Files.readString(folder.write("id.1", "text")));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }
}
