package dev.rig.credentials.cli.docker;

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
import java.util.Set;

/** Replaces a user's file; its owner stays, and it is never readable by more users than before. */
final class FileReplacement {
  private static final String OWNER_ONLY = "rw-------";

  private FileReplacement() {}

  /**
   * Writes the content next to the file, forces it to the disk and renames it. A file that is a
   * mount point cannot be replaced so, and is written in place.
   *
   * @param mode as {@code rw-r-----}
   * @param like the file or folder whose owner it gets
   * @throws IOException if that failed; the file is as it was, and no other is left behind
   */
  static void put(Path file, byte[] content, String mode, Path like) throws IOException {
    var part = file.resolveSibling("." + file.getFileName() + ".part");
    Files.deleteIfExists(part);
    try {
      writePart(part, content, mode, like);
      try {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException refused) {
        if (!Files.exists(file)) {
          throw refused;
        }
        Files.delete(part);
        putInPlace(file, content);
      }
    } catch (IOException e) {
      Files.deleteIfExists(part);
      throw e;
    }
  }

  private static void writePart(Path part, byte[] content, String mode, Path like)
      throws IOException {
    var options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY));
    try (var channel = FileChannel.open(part, options, ownerOnly)) {
      write(channel, content);
      giveToOwnerOf(like, part);
      Files.setPosixFilePermissions(part, PosixFilePermissions.fromString(mode));
      channel.force(true);
    }
  }

  private static void putInPlace(Path file, byte[] content) throws IOException {
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

  private static void write(FileChannel channel, byte[] content) throws IOException {
    channel.position(0);
    var bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.truncate(content.length);
  }

  /** Run by sudo in a user's home, it must not leave a file there that the user cannot read. */
  private static void giveToOwnerOf(Path like, Path file) throws IOException {
    for (var attribute : new String[] {"unix:uid", "unix:gid"}) {
      var wanted = Files.getAttribute(like, attribute);
      if (!wanted.equals(Files.getAttribute(file, attribute))) {
        Files.setAttribute(file, attribute, wanted);
      }
    }
  }
}
