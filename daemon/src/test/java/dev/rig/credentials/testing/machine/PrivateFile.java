package dev.rig.credentials.testing.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Files and folders of a test, for their owner only. */
public final class PrivateFile {
  private PrivateFile() {}

  /** Writes a file, with the folders above it. */
  public static Path write(Path file, String text) {
    try {
      folder(file.toAbsolutePath().getParent());
      Files.writeString(file, text);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file in one step, so that a reader never sees a part of it. */
  public static Path replace(Path file, String text) {
    try {
      var next = write(file.resolveSibling(file.getFileName() + ".next"), text);
      return Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Creates a folder with its parents; an existing one is not changed. */
  public static Path folder(Path folder) {
    try {
      return Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
