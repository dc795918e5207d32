package dev.rig.credentials.cli.docker;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A client's configuration: a JSON object in a file that its user edits too, and in which logins
 * may stand. What is not understood stays as it is, and so do the order of the keys, the mode and
 * the owner; a symbolic link is followed.
 */
public final class ClientConfigFile {
  /** Ends the name of the copy that is made before the file is first changed. */
  static final String BACKUP = ".before-rig";

  /** How far a chain of symbolic links is followed; the kernel's own limit. */
  private static final int MOST_LINKS = 40;

  private final Path path;
  private final byte[] content;
  private final Map<String, Object> document;
  private final ReplacedSettings replaced;

  private ClientConfigFile(
      Path path, byte[] content, Map<String, Object> document, ReplacedSettings replaced) {
    this.path = path;
    this.content = content;
    this.document = document;
    this.replaced = replaced;
  }

  /**
   * Reads it; one that is missing or empty is an empty object.
   *
   * @throws CommandException when it cannot be read, or is not a JSON object
   */
  public static ClientConfigFile read(Path path) {
    try {
      var target = target(path.toAbsolutePath().normalize());
      byte[] content = contentOf(target);
      var replaced = new ReplacedSettings(readObject(beside(target, ReplacedSettings.SUFFIX)));
      return new ClientConfigFile(target, content, parse(target, content), replaced);
    } catch (IOException e) {
      throw failed("cannot read " + path, e);
    }
  }

  private static byte[] contentOf(Path path) throws IOException {
    return Files.exists(path) ? RegularFile.read(path, JsonObject.LARGEST) : new byte[0];
  }

  private static Map<String, Object> readObject(Path path) throws IOException {
    return parse(path, contentOf(path));
  }

  private static Path beside(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  /** Where the links lead; the last name may be missing. */
  private static Path target(Path path) throws IOException {
    var target = path;
    for (int i = 0; Files.isSymbolicLink(target); i++) {
      if (i == MOST_LINKS) {
        throw new IOException("too many symbolic links");
      }
      target = target.resolveSibling(Files.readSymbolicLink(target)).normalize();
    }
    return target;
  }

  private static Map<String, Object> parse(Path path, byte[] content) {
    boolean blank = new String(content, StandardCharsets.UTF_8).isBlank();
    try {
      return new LinkedHashMap<>((blank ? JsonObject.EMPTY : JsonObject.parse(content)).fields());
    } catch (JsonException e) {
      throw new CommandException(
          ExitStatus.FAILED, path + e.position() + ": cannot be used: " + e.getMessage());
    }
  }

  /** The file itself, behind all links. */
  public Path path() {
    return path;
  }

  /** The copy of the file as it was before the first change; never overwritten. */
  Path backup() {
    return beside(path, BACKUP);
  }

  /** What the helper's name has replaced in the file. */
  ReplacedSettings replaced() {
    return replaced;
  }

  /** What the helper's name has replaced, next to the file. */
  Path replacedFile() {
    return beside(path, ReplacedSettings.SUFFIX);
  }

  /** Whether there is anything in the file. */
  public boolean exists() {
    return content.length > 0;
  }

  /** What stands in it, to be changed and then written. */
  Map<String, Object> document() {
    return document;
  }

  /**
   * Writes the document. What it replaced, and the file itself if it is the original, are kept
   * first. After a failure or a crash at any moment the file is the old or the new one.
   *
   * @param original whether the file, as it was read, does not name the helper yet
   * @throws CommandException if that failed, or another process has changed the file meanwhile
   */
  void write(boolean original) {
    try {
      write(encoded(document), original);
    } catch (IOException e) {
      throw failed("cannot change " + path, e);
    }
  }

  /**
   * Writes the document after everything was restored in it, and removes what was kept for that. If
   * it says what the original file said, it becomes that file again, byte for byte; a file that was
   * made for the helper alone goes away.
   *
   * @throws CommandException as {@link #write(boolean)} does
   */
  void writeRestored() {
    try {
      boolean hasBackup = Files.exists(backup());
      boolean isOriginal = hasBackup && document.equals(readObject(backup()));
      boolean changed = !document.equals(parse(path, content));
      if (changed && !hasBackup && document.isEmpty() && isOurs()) {
        refuseIfChanged();
        Files.delete(path);
      } else if (changed) {
        write(isOriginal ? contentOf(backup()) : encoded(document), false);
      }
      Files.deleteIfExists(replacedFile());
      if (Files.exists(path) || isOriginal) { // else it may be all that is left of a file
        Files.deleteIfExists(backup());
      }
    } catch (IOException e) {
      throw failed("cannot change " + path, e);
    }
  }

  /** Whether the file, as it was read, is as this program would have written it. */
  private boolean isOurs() {
    return Arrays.equals(content, encoded(parse(path, content)));
  }

  private void refuseIfChanged() throws IOException {
    if (!Arrays.equals(content, contentOf(path))) {
      throw new IOException("another process has changed it meanwhile; try again");
    }
  }

  private void write(byte[] bytes, boolean original) throws IOException {
    var folder = path.resolveSibling("");
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    boolean existed = Files.exists(path);
    refuseIfChanged();
    var like = existed ? path : folder; // run by sudo, it must leave what the user can read
    var mode =
        existed
            ? PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
            : AtomicFile.PRIVATE;
    var made = new ArrayList<Path>();
    try {
      if (original && existed && !Files.exists(backup())) {
        made.add(backup());
        AtomicFile.replaceOrOverwrite(backup(), content, mode, like);
      }
      if (!replaced.document().isEmpty()) {
        if (!Files.exists(replacedFile())) {
          made.add(replacedFile());
        }
        AtomicFile.replaceOrOverwrite(replacedFile(), encoded(replaced.document()), mode, like);
      }
      AtomicFile.replaceOrOverwrite(path, bytes, mode, like);
      if (replaced.document().isEmpty()) {
        Files.deleteIfExists(replacedFile());
      }
    } catch (IOException e) {
      for (var file : made) {
        Files.deleteIfExists(file);
      }
      throw e;
    }
  }

  private static byte[] encoded(Map<String, ?> object) {
    return (JsonWriter.text(JsonForm.DOCKER, object) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static CommandException failed(String what, IOException e) {
    var why =
        switch (e) {
          case AccessDeniedException _ -> "permission denied";
          case NoSuchFileException missing -> "there is no " + missing.getFile();
          default -> String.valueOf(e.getMessage());
        };
    return new CommandException(ExitStatus.FAILED, what + ": " + why);
  }
}
