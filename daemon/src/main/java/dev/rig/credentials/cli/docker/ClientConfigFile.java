package dev.rig.credentials.cli.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  private static final String OWNER_ONLY = "rw-------";

  /** As Docker writes it: a tab a level, a space behind the colon. */
  private static final JSON FORM =
      JSON.std
          .with(JSON.Feature.USE_BIG_DECIMAL_FOR_FLOATS)
          .with(JSON.Feature.WRITE_NULL_PROPERTIES)
          .with(
              new DefaultPrettyPrinter(
                      Separators.createDefaultInstance()
                          .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                          .withObjectEmptySeparator("")
                          .withArrayEmptySeparator(""))
                  .withObjectIndenter(new DefaultIndenter("\t", "\n"))
                  .withArrayIndenter(new DefaultIndenter("\t", "\n")));

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
    return Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
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

  private static Map<String, Object> parse(Path path, byte[] content) throws IOException {
    try {
      var text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString().strip();
      if (text.isEmpty()) {
        return new LinkedHashMap<>();
      }
      try (var parser = FORM.createParser(text)) {
        var document = FORM.mapFrom(parser);
        if (parser.nextToken() != null) {
          throw new CommandException(
              ExitStatus.FAILED, path + ": more than one JSON object stands in it");
        }
        return document;
      }
    } catch (CharacterCodingException e) {
      throw new CommandException(ExitStatus.FAILED, path + ": is not UTF-8");
    } catch (JsonProcessingException e) {
      // Its message quotes the file, where logins stand.
      var at = e.getLocation();
      throw new CommandException(
          ExitStatus.FAILED,
          at == null
              ? path + ": is not a JSON object"
              : "%s:%d:%d: is not a JSON object, or has a key twice"
                  .formatted(path, at.getLineNr(), at.getColumnNr()));
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

  private Path replacedFile() {
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
   * Writes the document after everything was restored in it. If it says what the original file
   * said, it becomes that file again, byte for byte, and no other file is left next to it.
   *
   * @throws CommandException as {@link #write(boolean)} does
   */
  void writeRestored() {
    try {
      boolean isOriginal = Files.exists(backup()) && document.equals(readObject(backup()));
      var bytes = isOriginal ? Files.readAllBytes(backup()) : encoded(document);
      if (!document.equals(parse(path, content))) {
        write(bytes, false);
      }
      Files.deleteIfExists(replacedFile());
      if (isOriginal) {
        Files.delete(backup());
      }
    } catch (IOException e) {
      throw failed("cannot change " + path, e);
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
    if (!Arrays.equals(content, contentOf(path))) {
      throw new IOException("another process has changed it meanwhile; try again");
    }
    var like = existed ? path : folder;
    var mode =
        existed ? PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) : OWNER_ONLY;
    var made = new ArrayList<Path>();
    try {
      if (original && existed && !Files.exists(backup())) {
        made.add(backup());
        FileReplacement.put(backup(), content, mode, like);
      }
      if (!replaced.document().isEmpty()) {
        if (!Files.exists(replacedFile())) {
          made.add(replacedFile());
        }
        FileReplacement.put(replacedFile(), encoded(replaced.document()), mode, like);
      }
      FileReplacement.put(path, bytes, mode, like);
      if (replaced.document().isEmpty()) {
        Files.deleteIfExists(replacedFile());
      }
    } catch (IOException e) {
      for (var file : made) {
        Files.deleteIfExists(file);
      }
      throw e;
    }
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static byte[] encoded(Map<String, ?> object) throws IOException {
    return (FORM.asString(object) + "\n").getBytes(StandardCharsets.UTF_8);
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
