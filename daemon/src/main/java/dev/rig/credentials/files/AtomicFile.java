package dev.rig.credentials.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces files atomically: writes a new file in the same folder, syncs it to the disk, renames
 * it, and syncs the folder. After a failure or a crash at any time the file is either the old or
 * the new one, and is never readable by more users than its mode permits. Modes are in the form of
 * {@code ls}.
 */
public final class AtomicFile {
  /** The mode of a file that only its owner can read and write. */
  public static final String PRIVATE = "rw-------";

  /** The suffix of the new file until it is complete; digits precede it. */
  private static final String PART = ".new";

  /** The age at which an incomplete file is deleted. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private AtomicFile() {}

  /** Replaces a file with one that only this user can read. */
  public static void replace(Path file, byte[] content) throws IOException {
    replace(file, content, PRIVATE, null);
  }

  /**
   * Replaces a file.
   *
   * @param mode of the new file
   * @param like the file whose owner and group the new one gets; null for those of this process
   */
  public static void replace(Path file, byte[] content, String mode, @Nullable Path like)
      throws IOException {
    var refused = tryReplace(file, content, mode, like);
    if (refused != null) {
      throw refused;
    }
  }

  /**
   * Replaces a file, but writes in place if the file is a mount point, which cannot be replaced by
   * a rename.
   */
  public static void replaceOrOverwrite(Path file, byte[] content, String mode, @Nullable Path like)
      throws IOException {
    var refused = tryReplace(file, content, mode, like);
    if (refused != null) {
      overwrite(file, content, refused);
    }
  }

  /** Returns why the rename failed; null if it succeeded. */
  private static @Nullable FileSystemException tryReplace(
      Path file, byte[] content, String mode, @Nullable Path like) throws IOException {
    var folder = folder(file);
    var part = Files.createTempFile(folder, "." + file.getFileName(), PART); // with mode 0600
    try {
      try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        write(channel, content);
        if (like != null) {
          giveToOwnerOf(like, part);
        }
        Files.setPosixFilePermissions(part, PosixFilePermissions.fromString(mode));
        channel.force(true);
      }
      removeLeftovers(file, Files.getLastModifiedTime(part).toInstant().minus(ABANDONED));
      try {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException refused) {
        deleteQuietly(part);
        return refused;
      }
    } catch (IOException e) {
      deleteQuietly(part);
      throw e;
    }
    force(folder);
    return null;
  }

  private static void overwrite(Path file, byte[] content, FileSystemException refused)
      throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw refused;
    }
    var before = Files.readAllBytes(file);
    try (var channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      try {
        write(channel, content);
      } catch (IOException full) {
        write(channel, before);
        throw full;
      }
      channel.force(true);
    }
  }

  /** Creates a file that did not exist, which only this user can read. */
  public static void create(Path file, byte[] content) throws IOException {
    var options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE));
    try (var channel = FileChannel.open(file, options, mode)) {
      write(channel, content);
      channel.force(true);
    }
    force(folder(file));
  }

  /** Renames a file within its folder, replacing another. */
  public static void rename(Path file, Path to) throws IOException {
    Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
    force(folder(to));
  }

  /**
   * Removes a file, and the incomplete files that killed processes left next to it.
   *
   * @return false if the file did not exist
   */
  public static boolean remove(Path file) throws IOException {
    var folder = folder(file);
    if (!Files.isDirectory(folder)) {
      return false;
    }
    boolean removed = Files.deleteIfExists(file);
    removeLeftovers(file, Instant.MAX);
    force(folder);
    return removed;
  }

  private static void removeLeftovers(Path file, Instant before) throws IOException {
    var name = Pattern.compile(Pattern.quote("." + file.getFileName()) + "[0-9]+" + PART);
    try (var files =
        Files.newDirectoryStream(
            folder(file), other -> name.matcher(other.getFileName().toString()).matches())) {
      for (var leftover : files) {
        if (Files.getLastModifiedTime(leftover).toInstant().isBefore(before)) {
          Files.delete(leftover);
        }
      }
    }
  }

  private static void write(FileChannel channel, byte[] content) throws IOException {
    channel.position(0);
    var bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.truncate(content.length);
  }

  private static void giveToOwnerOf(Path like, Path file) throws IOException {
    for (var attribute : new String[] {"unix:uid", "unix:gid"}) {
      var wanted = Files.getAttribute(like, attribute);
      if (!wanted.equals(Files.getAttribute(file, attribute))) {
        Files.setAttribute(file, attribute, wanted);
      }
    }
  }

  private static Path folder(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
  }

  private static void force(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException stays) {
      // Not reported, because the earlier failure is; the next write removes the file.
    }
  }
}
