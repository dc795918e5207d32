package dev.rig.credentials.kubelet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderFilesTest {
  private static final byte[] OLD = {1, 2, 3};
  private static final byte[] NEW = {4, 5};

  @TempDir private Path folder;

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static Object inode(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino");
  }

  private static long files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void fileIsReplacedAndNotWrittenInto() throws IOException {
    var file = folder.resolve("program");
    assertTrue(ProviderFiles.put(file, OLD, ProviderFiles.EXECUTABLE));
    var before = inode(file);
    assertTrue(ProviderFiles.put(file, NEW, ProviderFiles.EXECUTABLE));
    assertNotEquals(before, inode(file));
    assertArrayEquals(NEW, Files.readAllBytes(file));
    assertEquals("rwxr-xr-x", mode(file));
    assertEquals(1, files(folder), "no temporary file stays");
  }

  @Test
  void unchangedFileIsNotWritten() throws IOException {
    var file = folder.resolve("file");
    ProviderFiles.put(file, OLD, ProviderFiles.READABLE);
    var before = inode(file);
    assertFalse(ProviderFiles.put(file, OLD, ProviderFiles.READABLE));
    assertEquals(before, inode(file));
    assertTrue(ProviderFiles.put(file, OLD, ProviderFiles.EXECUTABLE));
    assertEquals("rwxr-xr-x", mode(file));
  }

  @Test
  void symbolicLinkIsReplacedAndItsTargetStays() throws IOException {
    var target = Files.write(folder.resolve("target"), OLD);
    var file = Files.createSymbolicLink(folder.resolve("file"), target);
    assertTrue(ProviderFiles.put(file, NEW, ProviderFiles.READABLE));
    assertFalse(Files.isSymbolicLink(file));
    assertArrayEquals(OLD, Files.readAllBytes(target));
  }

  @Test
  void fileThatCannotBeReplacedStaysUnchanged() throws IOException {
    var file = folder.resolve("file");
    var inTheWay = Files.createDirectories(file.resolve("inside"));
    assertThrows(IOException.class, () -> ProviderFiles.put(file, NEW, ProviderFiles.READABLE));
    assertTrue(Files.isDirectory(inTheWay));
    assertEquals(1, files(folder), "no temporary file stays");
  }

  @Test
  void fileIsRemovedWithWhatAKilledInstallationLeft() throws IOException {
    var file = folder.resolve("program");
    ProviderFiles.put(file, OLD, ProviderFiles.EXECUTABLE);
    Files.write(folder.resolve(".program123.new"), NEW);
    Files.write(folder.resolve("other"), NEW);
    assertTrue(AtomicFile.remove(file));
    assertEquals(1, files(folder), "the other file stays");
    assertFalse(AtomicFile.remove(file));
    assertFalse(AtomicFile.remove(folder.resolve("none").resolve("file")));
  }

  @Test
  void onlyAnEmptyFolderIsRemoved() throws IOException {
    var inner = Files.createDirectory(folder.resolve("inner"));
    var file = Files.write(inner.resolve("other"), NEW);
    ProviderFiles.removeIfEmpty(inner);
    assertTrue(Files.exists(file));
    Files.delete(file);
    ProviderFiles.removeIfEmpty(inner);
    assertFalse(Files.exists(inner));
    ProviderFiles.removeIfEmpty(inner);
  }
}
