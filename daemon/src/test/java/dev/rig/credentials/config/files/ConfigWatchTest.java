package dev.rig.credentials.config.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {
  @TempDir private Path folder;
  private Path file;
  private ConfigWatch watch;

  @BeforeEach
  void quiet() throws IOException {
    file = Files.writeString(folder.resolve("values.yaml"), "rig: {}\n");
    watch = new ConfigWatch(List.of(file, folder));
    assertFalse(watch.look(), "two looks have to agree");
    assertTrue(watch.look(), "what was loaded before is not known");
    assertFalse(watch.look());
  }

  /** Asserts that a change is detected once, at the second check with the same result. */
  private void seen() {
    assertFalse(watch.look());
    assertTrue(watch.look());
    assertFalse(watch.look());
    assertFalse(watch.look());
  }

  @Test
  void changedFileIsSeenOnce() throws Exception {
    Files.writeString(file, "rig: {dockerRegistries: {}}\n");
    seen();
  }

  @Test
  void fileThatIsBeingWrittenIsNotReadHalfway() throws Exception {
    Files.writeString(file, "rig: {dockerReg");
    assertFalse(watch.look());
    Files.writeString(file, "rig: {dockerRegistries: {}}\n");
    assertFalse(watch.look(), "it is another again");
    assertTrue(watch.look());
  }

  /** T23: the permissions are checked when a change is detected. */
  @Test
  void changedModeOfTheFolderIsSeen() throws Exception {
    Files.setAttribute(folder, "unix:mode", 0710);
    seen();
  }

  @Test
  void replacedFileOfTheSameSizeAndTimeIsSeen() throws Exception {
    var time = Files.getLastModifiedTime(file);
    var other = Files.writeString(folder.resolve(".new"), "gir: {}\n");
    Files.setLastModifiedTime(other, time);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    seen();
  }

  @Test
  void addedAndRemovedFilesAreSeen() throws Exception {
    var added = Files.writeString(folder.resolve("more.yaml"), "rig: {}\n");
    seen();
    Files.delete(added);
    seen();
    Files.delete(file);
    seen();
  }

  /** F15. */
  @Test
  void f15_swappedDataLinkIsSeen() throws Exception {
    Files.createDirectory(folder.resolve("g1"));
    Files.createDirectory(folder.resolve("g2"));
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("g1"));
    seen();
    Files.createSymbolicLink(folder.resolve("..tmp"), Path.of("g2"));
    Files.move(folder.resolve("..tmp"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    seen();
  }

  @Test
  void missingFolderIsAStateLikeAnyOther() {
    var missing = new ConfigWatch(List.of(folder.resolve("none")));
    assertFalse(missing.look());
    assertTrue(missing.look());
    assertFalse(missing.look());
  }

  /** C44: a daemon that was started without a configuration uses one that is written later. */
  @Test
  void c44_pathThatMayBeMissingIsNoticedWhenItAppears() throws IOException {
    var later = folder.resolve("later");
    var some = new ConfigWatch(List.of(file, later), Set.of(later));
    assertFalse(some.look());
    assertTrue(some.look());
    assertEquals(List.of(file), some.present());
    Files.createDirectory(later);
    Files.writeString(later.resolve("values.yaml"), "rig: {}");
    assertFalse(some.look());
    assertTrue(some.look());
    assertEquals(List.of(file, later), some.present());
    assertEquals(List.of(later), new ConfigWatch(List.of(later)).present());
  }
}
