package dev.rig.credentials.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that only this user reads, replaced whole or not at all. */
public final class PrivateFiles {
  private static final int WRITABLE_BY_OTHERS = 0022;

  private PrivateFiles() {}

  /**
   * Makes sure that the folder exists and that nobody but this user and root can replace what lies
   * in it. One that is missing is made with mode 0700, with those above it.
   *
   * @throws IOException when it cannot be had so; the message is for people
   */
  public static void prepare(Path folder) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    var attributes = Files.readAttributes(folder, "unix:mode,uid");
    int mode = attributes.get("mode") instanceof Integer bits ? bits : WRITABLE_BY_OTHERS;
    var self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!self.equals(attributes.get("uid")) && !Integer.valueOf(0).equals(attributes.get("uid"))) {
      throw new IOException(folder + " belongs to another user");
    }
    if ((mode & WRITABLE_BY_OTHERS) != 0) {
      throw new IOException(folder + " can be written to by others: chmod go-w");
    }
  }

  /**
   * Replaces the file: written beside it with mode 0600, forced to disk, renamed, and the folder
   * forced to disk. After a failure or a crash at any moment the file is the old or the new one.
   */
  public static void replace(Path file, byte[] content) throws IOException {
    var part = file.resolveSibling("." + file.getFileName() + ".part");
    Files.deleteIfExists(part);
    try {
      write(part, content);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      deleteQuietly(part);
      throw e;
    }
    forceFolder(file);
  }

  /** Makes a file that did not exist. */
  public static void create(Path file, byte[] content) throws IOException {
    write(file, content);
    forceFolder(file);
  }

  private static void write(Path file, byte[] content) throws IOException {
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try (var channel = FileChannel.open(file, options, mode)) {
      var bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static void forceFolder(Path file) throws IOException {
    var folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException stays) {
      // The next write removes it; the failure that led here is the one to report.
    }
  }
}
