package dev.rig.credentials.kubelet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
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
   * Writes a file beside its place, forces it to the disk, and renames it: who reads it, also after
   * a power failure, finds the old content or the new.
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
    var folder = parent(file);
    var temporary = Files.createTempFile(folder, temporary(file), ".new");
    try {
      try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        var bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        Files.setPosixFilePermissions(temporary, permissions);
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    force(folder);
    return true;
  }

  /**
   * Removes a file, with what {@link #put} left beside it where it was killed, and forces that to
   * the disk.
   *
   * @return false where there was none
   * @throws IOException when it could not be removed
   */
  public static boolean remove(Path file) throws IOException {
    var folder = parent(file);
    if (!Files.isDirectory(folder)) {
      return false;
    }
    boolean removed = Files.deleteIfExists(file);
    try (var leftovers = Files.newDirectoryStream(folder, temporary(file) + "*.new")) {
      for (var leftover : leftovers) {
        Files.delete(leftover);
      }
    }
    force(folder);
    return removed;
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

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
  }

  private static String temporary(Path file) {
    return "." + file.getFileName();
  }

  private static void force(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static boolean isLike(Path file, byte[] content, Set<PosixFilePermission> permissions)
      throws IOException {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.getPosixFilePermissions(file).equals(permissions)
          && Arrays.equals(Files.readAllBytes(file), content);
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
