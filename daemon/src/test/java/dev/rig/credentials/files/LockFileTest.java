package dev.rig.credentials.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * F38, F39. flock(2) distinguishes open files, not processes: two in this process are equivalent.
 */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockFileTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("lock");
  }

  @Test
  void onlyOneHasTheLockUntilItIsReleased() throws IOException {
    var one = new LockFile(file);
    var other = new LockFile(file);
    assertTrue(one.take());
    assertTrue(one.take(), "again");
    assertFalse(other.take());
    assertFalse(other.isHeld());
    one.release();
    assertTrue(other.take());
    assertFalse(one.isHeld());
  }

  @Test
  void existingFileCanBeLockedAndBecomesPrivate() throws IOException {
    Files.createFile(file);
    Files.setAttribute(file, "unix:mode", 0666);
    assertTrue(new LockFile(file).take());
    assertEquals(0600, (int) Files.getAttribute(file, "unix:mode") & 07777);
  }

  @Test
  void lockOfARemovedFileIsNotHeldAndCanBeAcquiredAgain() throws IOException {
    var lock = new LockFile(file);
    assertTrue(lock.take());
    Files.delete(file);
    assertFalse(lock.isHeld());
    assertFalse(lock.isReplaced());
    assertTrue(lock.take());
    assertTrue(Files.exists(file));
  }

  @Test
  void lockOfAnotherFileWithTheNameIsReplaced() throws IOException {
    var lock = new LockFile(file);
    Files.createFile(file);
    assertFalse(lock.isReplaced(), "not held yet");
    assertTrue(lock.take());
    assertFalse(lock.isReplaced());
    Files.delete(file);
    Files.createFile(file);
    assertTrue(lock.isReplaced());
  }

  @Test
  void anythingButARegularFileIsRejectedWithoutWaiting() throws Exception {
    Files.createSymbolicLink(file, folder.resolve("elsewhere"));
    assertEquals("is a symbolic link, not a regular file", refusal(file));
    assertFalse(Files.exists(folder.resolve("elsewhere")));
    assertEquals(
        "is a FIFO, not a regular file", refusal(RegularFileTest.fifo(folder.resolve("fifo"))));
    assertEquals("is a folder, not a regular file", refusal(folder));
  }

  private static String refusal(Path file) {
    var lock = new LockFile(file);
    return assertThrows(FileSystemException.class, lock::take).getReason();
  }
}
