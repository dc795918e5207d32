package dev.rig.credentials.kubelet;

import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.files.RegularFile;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/** Installs and removes the files that a kubelet reads, each atomically. */
public final class ProviderFiles {
  /** The mode of a program. */
  public static final String EXECUTABLE = "rwxr-xr-x";

  /** The mode of a file that is read; it contains no secret. */
  public static final String READABLE = "rw-r--r--";

  private ProviderFiles() {}

  /**
   * Creates a folder with its parents; a new one is readable for everyone.
   *
   * @throws IOException if it cannot be created
   */
  public static void folder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(EXECUTABLE));
  }

  /**
   * Replaces a file unless it is up to date.
   *
   * @param mode in the form of {@code ls}
   * @return false if the file was up to date and was not changed
   * @throws IOException if it could not be replaced; the old file stays
   */
  public static boolean put(Path file, byte[] content, String mode) throws IOException {
    var permissions = PosixFilePermissions.fromString(mode);
    if (isLike(file, content, permissions)) {
      return false;
    }
    AtomicFile.replace(file, content, mode, null);
    return true;
  }

  /** Removes a folder if it exists and is empty. */
  public static void removeIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException others) {
      // Other files in it stay.
    } catch (FileSystemException mounted) {
      // A mount point stays; it is empty nevertheless.
      if (!isEmpty(folder)) {
        throw mounted;
      }
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder)) {
      return !files.iterator().hasNext();
    }
  }

  private static boolean isLike(Path file, byte[] content, Set<PosixFilePermission> permissions)
      throws IOException {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.getPosixFilePermissions(file).equals(permissions)
          && Arrays.equals(RegularFile.readAtMost(file, content.length + 1), content);
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
