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

/** Puts files where a kubelet reads them, each whole or not at all, and takes them away again. */
public final class ProviderFiles {
  /** For a program. */
  public static final String EXECUTABLE = "rwxr-xr-x";

  /** For a file that is read; there is no secret in it. */
  public static final String READABLE = "rw-r--r--";

  private ProviderFiles() {}

  /**
   * Makes a folder with those above it; a new one can be read by everybody.
   *
   * @throws IOException when it cannot be made
   */
  public static void folder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(EXECUTABLE));
  }

  /**
   * Replaces a file that is not like this already.
   *
   * @param mode as {@code ls} shows it
   * @return false where the file was like this already and was not touched
   * @throws IOException when it could not be put there; what was there stays
   */
  public static boolean put(Path file, byte[] content, String mode) throws IOException {
    var permissions = PosixFilePermissions.fromString(mode);
    if (isLike(file, content, permissions)) {
      return false;
    }
    AtomicFile.replace(file, content, mode, null);
    return true;
  }

  /** Removes a folder that is there and empty. */
  public static void removeIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException others) {
      // What else is in there is not ours.
    } catch (FileSystemException mounted) {
      // A folder that something is mounted on stays; it is empty all the same.
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
