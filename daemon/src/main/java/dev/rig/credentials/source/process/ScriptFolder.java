package dev.rig.credentials.source.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** The private folder for scripts while they run. */
final class ScriptFolder {
  private static final Pattern NAME = Pattern.compile("run-([0-9]{1,10})-([0-9a-z.-]+)");

  private final Path path;
  private final Set<String> leftovers = new HashSet<>();

  private ScriptFolder(Path path) {
    this.path = path;
  }

  /**
   * Opens the folder, creates it if missing, and removes files of killed daemons.
   *
   * @throws IOException if it cannot be created, is a symbolic link, belongs to another user, or
   *     others can enter it
   */
  static ScriptFolder open(Path path) throws IOException {
    var folder = new ScriptFolder(path.toAbsolutePath());
    folder.prepare();
    folder.removeLeftovers();
    return folder;
  }

  private void prepare() throws IOException {
    try {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      // It usually exists; it is checked below in both cases.
    }
    var attributes =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isDirectory()) {
      throw new IOException(path + " is not a folder");
    }
    if (!PosixFilePermissions.toString(attributes.permissions()).endsWith("------")) {
      throw new IOException(path + " can be entered by others: its mode must be 0700");
    }
    if (!attributes.owner().equals(writer())) {
      throw new IOException(path + " belongs to another user, who could replace what is in it");
    }
  }

  /**
   * Returns the owner of a file that this process creates. Whether this process can write to the
   * folder would prove nothing: root always can.
   */
  private UserPrincipal writer() throws IOException {
    var file = create("owner." + UUID.randomUUID(), "");
    try {
      return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Writes a file with a new name that only this user can read. Creates the folder again if it was
   * deleted, as happens with the socket (F23).
   */
  Path write(String id, String text) throws IOException {
    try {
      return create(id, text);
    } catch (NoSuchFileException e) {
      prepare();
      return create(id, text);
    }
  }

  private Path create(String id, String text) throws IOException {
    var file = path.resolve("run-" + ProcessHandle.current().pid() + "-" + id);
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try (var channel = Files.newByteChannel(file, options, mode)) {
      var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    return file;
  }

  private void removeLeftovers() throws IOException {
    try (var files = Files.newDirectoryStream(path)) {
      for (var file : files) {
        var name = NAME.matcher(file.getFileName().toString());
        if (name.matches() && !writtenByTheLiving(file, Long.parseLong(name.group(1)))) {
          leftovers.add(name.group(2));
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Returns the names of the files that killed daemons left in the folder. */
  Set<String> leftovers() {
    return Set.copyOf(leftovers);
  }

  /**
   * Returns whether the writer still lives: a process that started after the file was written only
   * reuses the pid.
   */
  private static boolean writtenByTheLiving(Path file, long pid) throws IOException {
    var began =
        ProcessHandle.of(pid).flatMap(process -> process.info().startInstant()).orElse(Instant.MAX);
    return !began.isAfter(
        Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant().plusSeconds(1));
  }
}
