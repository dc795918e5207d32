package dev.rig.credentials.files;

import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.linux.NonBlockingFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads regular files only: opening a FIFO waits for its other end, perhaps forever, and a device
 * may have no end; reading a file of the kernel, such as {@code /proc/kmsg}, may wait forever too
 * (F39). Symbolic links are followed.
 */
public final class RegularFile {
  /** The size limit for a key, a certificate, a token or a settings file, in bytes. */
  public static final int SMALL = 1 << 20;

  private RegularFile() {}

  /**
   * Reads a whole file.
   *
   * @param largest the size limit in bytes
   * @throws NoSuchFileException if the file does not exist
   * @throws UnusableFileException if it is not a regular file or is larger; the reason is for
   *     people
   * @throws IOException if it cannot be read
   */
  public static byte[] read(Path file, int largest) throws IOException {
    var bytes = readAtMost(file, largest + 1);
    if (bytes.length > largest) {
      throw new UnusableFileException(file, "it is larger than " + largest + " bytes");
    }
    return bytes;
  }

  /**
   * Reads the beginning of a file.
   *
   * @param most the number of bytes to read
   * @throws NoSuchFileException if the file does not exist
   * @throws UnusableFileException if it is not a regular file; the reason is for people
   * @throws IOException if it cannot be read
   */
  public static byte[] readAtMost(Path file, int most) throws IOException {
    check(file, file);
    if (file.toString().indexOf('\ufffd') >= 0) {
      // The name's bytes are not text, so the C library would open another name.
      return bytes(file, most);
    }
    try (var opened = NonBlockingFile.toRead(file)) {
      // Checks the opened file: the name may refer to another file than before.
      check(opened.path(), file);
      return bytes(opened.path(), most);
    }
  }

  private static void check(Path file, Path named) throws IOException {
    var id = FileId.behind(file).orElseThrow(() -> new NoSuchFileException(named.toString()));
    if (!id.isRegularFile()) {
      throw new UnusableFileException(named, "it is " + id.kind() + ", not a regular file");
    }
    if (LibC.isKernelFile(file.toString())) {
      throw new UnusableFileException(named, "it is a file of the kernel, not a regular file");
    }
  }

  private static byte[] bytes(Path file, int most) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(most);
    }
  }

  /**
   * Reads a small UTF-8 file; invalid bytes are replaced.
   *
   * @throws IOException as {@link #read} does
   */
  public static String text(Path file) throws IOException {
    return new String(read(file, SMALL), StandardCharsets.UTF_8);
  }

  private static boolean isLink(@Nullable String file) {
    return file != null && Files.isSymbolicLink(Path.of(file)) && Files.notExists(Path.of(file));
  }

  /** Returns why a file could not be used, without its name. */
  public static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "there is no such file";
      case FileAlreadyExistsException there when isLink(there.getFile()) ->
          "a link is in its place, whose target is missing";
      case FileAlreadyExistsException _ -> "another file is in its place";
      case FileSystemException known when known.getReason() != null -> known.getReason();
      default -> e.getClass().getSimpleName();
    };
  }
}
