package dev.rig.credentials.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrivateFolderTest {
  @TempDir Path temp;

  @Test
  void symbolicLinkInTheWayIsNotFollowed() throws IOException {
    var path = temp.resolve("scripts");
    var folder = PrivateFolder.open(path);
    var target = temp.resolve("target");
    var name = "run-" + ProcessHandle.current().pid() + "-id.1";
    Files.createSymbolicLink(path.resolve(name), target);
    assertThrows(FileAlreadyExistsException.class, () -> folder.write("id.1", "text"));
    assertFalse(Files.exists(target));
  }

  @Test
  void filesOfTheDeadAreRemovedAndThoseOfTheLivingKept() throws IOException {
    var path = temp.resolve("scripts");
    var living = PrivateFolder.open(path).write("id.1", "text");
    // No process has so high a number: PID_MAX_LIMIT is 2^22.
    var dead = Files.createFile(path.resolve("run-999999999-id.1"));
    var other = Files.createFile(path.resolve("something else"));
    var reused = PrivateFolder.open(path).write("id.2", "text");
    Files.setLastModifiedTime(reused, java.nio.file.attribute.FileTime.fromMillis(0));
    PrivateFolder.open(path);
    assertTrue(Files.exists(living));
    assertTrue(Files.exists(other));
    assertFalse(Files.exists(dead));
    assertFalse(Files.exists(reused));
    assertEquals("text", Files.readString(living));
  }
}
