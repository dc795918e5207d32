package dev.rig.credentials.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private static final byte[] NEW = "new".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void fileIsReplacedByAnotherThatIsPrivate() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "old");
    var before = Files.getAttribute(file, "unix:ino");
    AtomicFile.replace(file, NEW);
    assertEquals("new", Files.readString(file));
    assertEquals("rw-------", mode(file));
    assertNotEquals(before, Files.getAttribute(file, "unix:ino"));
    assertEquals(List.of("file"), names());
  }

  @Test
  void modeIsTheRequestedOneForAnyUmask() throws IOException {
    AtomicFile.replace(folder.resolve("file"), NEW, "rwxrwxrwx", folder);
    assertEquals("rwxrwxrwx", mode(folder.resolve("file")));
  }

  @Test
  void failedReplacementKeepsTheFileAndLeavesNothing() throws IOException {
    Files.createDirectories(folder.resolve("file/inside"));
    assertThrows(IOException.class, () -> AtomicFile.replace(folder.resolve("file"), NEW));
    assertEquals(List.of("file"), names());
    assertTrue(Files.isDirectory(folder.resolve("file/inside")));
  }

  @Test
  void fifoInTheWayIsReplacedWithoutWaiting() throws Exception {
    var fifo = RegularFileTest.fifo(folder.resolve("file"));
    AtomicFile.replace(fifo, NEW);
    assertEquals("new", Files.readString(fifo));
  }

  @Test
  void leftoversAreDeletedWhenNoProcessCanStillWriteThem() throws IOException {
    var old = Files.write(folder.resolve(".file1.new"), NEW);
    Files.setLastModifiedTime(
        old, FileTime.from(Instant.now().minus(Duration.ofHours(2)))); // of a killed process
    Files.write(folder.resolve(".file2.new"), NEW);
    Files.write(folder.resolve(".file-other3.new"), NEW);
    AtomicFile.replace(folder.resolve("file"), NEW);
    assertEquals(List.of(".file-other3.new", ".file2.new", "file"), names());
    assertTrue(AtomicFile.remove(folder.resolve("file")));
    assertEquals(List.of(".file-other3.new"), names());
    assertFalse(AtomicFile.remove(folder.resolve("file")));
    assertFalse(AtomicFile.remove(folder.resolve("none/file")));
  }

  @Test
  void existingFileIsNotCreatedAgain() throws IOException {
    AtomicFile.create(folder.resolve("file"), NEW);
    assertEquals("rw-------", mode(folder.resolve("file")));
    assertThrows(
        FileAlreadyExistsException.class,
        () -> AtomicFile.create(folder.resolve("file"), new byte[0]));
    assertEquals("new", Files.readString(folder.resolve("file")));
  }
}
