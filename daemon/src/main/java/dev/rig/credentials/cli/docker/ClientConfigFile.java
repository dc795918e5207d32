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
 * A client's configuration: a JSON object in a file that its user also edits, and that can contain
 * logins. Unknown content, the order of the keys, the mode and the owner are preserved; symbolic
 * links are followed.
 */
public final class ClientConfigFile {
  /** The suffix of the copy that is made before the first change. */
  static final String BACKUP = ".before-rig";

  /** How many symbolic links are followed; the kernel's own limit. */
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
   * Reads the file; a missing or empty file is an empty object.
   *
   * @throws CommandException if it cannot be read, or is not a JSON object
   */
  public static ClientConfigFile read(Path path) {
    try {
      var target = target(path.toAbsolutePath().normalize());
      byte[] content = contentOf(target);
      var document = parse(target, content);
      return new ClientConfigFile(target, content, document, replaced(target, document));
    } catch (IOException e) {
      throw failed("cannot read " + path, e);
    }
  }

  /** Reads the record; if it is missing, derives it from the original. */
  private static ReplacedSettings replaced(Path target, Map<String, Object> document)
      throws IOException {
    var record = beside(target, ReplacedSettings.SUFFIX);
    var original = beside(target, BACKUP);
    if (!Files.exists(record) && Files.exists(original)) {
      return ReplacedSettings.between(readObject(original), document);
    }
    try {
      var replaced = new ReplacedSettings(readObject(record));
      if (replaced.isValid()) {
        return replaced;
      }
    } catch (CommandException e) {
      // Reported below.
    }
    throw new CommandException(
        ExitStatus.FAILED,
        "the record %s is damaged: delete it, and --remove compares the file with %s instead, if there is one"
            .formatted(record, original));
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

  /** Resolves the links; the last name may be missing. */
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

  /** Returns the file itself, with all links resolved. */
  public Path path() {
    return path;
  }

  /** Returns the copy of the file from before the first change; it is never overwritten. */
  Path backup() {
    return beside(path, BACKUP);
  }

  /** Returns the settings that the helper's name has replaced in the file. */
  ReplacedSettings replaced() {
    return replaced;
  }

  /** Returns the file with the replaced settings, next to the configuration. */
  Path replacedFile() {
    return beside(path, ReplacedSettings.SUFFIX);
  }

  /** Returns whether the file exists and is not empty. */
  public boolean exists() {
    return content.length > 0;
  }

  /** Returns the content, which callers change and then write. */
  Map<String, Object> document() {
    return document;
  }

  /**
   * Writes the document. Before that, saves the replaced settings, and the file itself if it is the
   * original. After a failure or a crash at any time the file is either the old or the new one.
   *
   * @param original whether the file, as it was read, is the original
   * @throws CommandException if writing failed, or another process has changed the file in the
   *     meantime
   */
  void write(boolean original) {
    try {
      write(encoded(document), original);
    } catch (IOException e) {
      throw failed("cannot change " + path, e);
    }
  }

  /**
   * Writes the document after all settings were restored, and removes the saved copies. If the
   * content equals the original's, the file becomes the original, byte for byte; a file that was
   * created for the helper, and has no other content, is deleted.
   *
   * @throws CommandException as {@link #write(boolean)} does
   */
  void writeRestored() {
    try {
      boolean isOriginal = Files.exists(backup()) && document.equals(readObject(backup()));
      boolean changed = !document.equals(parse(path, content));
      if (changed && document.isEmpty() && replaced.isCreated()) {
        refuseIfChanged();
        Files.delete(path);
      } else if (changed) {
        write(isOriginal ? contentOf(backup()) : encoded(document), false);
      }
      Files.deleteIfExists(replacedFile());
      if (Files.exists(path)
          || isOriginal) { // otherwise the copy may be all that is left of the file
        Files.deleteIfExists(backup());
      }
    } catch (IOException e) {
      throw failed("cannot change " + path, e);
    }
  }

  private void refuseIfChanged() throws IOException {
    if (!Arrays.equals(content, contentOf(path))) {
      throw new IOException("another process changed it in the meantime; try again");
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
    var like = existed ? path : folder; // under sudo, the user must still be able to read the file
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
      if (original && !existed) {
        replaced.rememberCreation();
      }
      if (!replaced.document().isEmpty()) {
        if (!Files.exists(replacedFile())) {
          made.add(replacedFile());
        }
        AtomicFile.replaceOrOverwrite(replacedFile(), encoded(replaced.document()), mode, like);
      }
      AtomicFile.replaceOrOverwrite(path, bytes, mode, like);
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
