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
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A client's configuration: a JSON object in a file that its user edits too, and in which logins
 * may stand. What is not understood stays as it is, and so do the order of the keys, the mode and
 * the owner; a symbolic link is followed.
 */
public final class ClientConfigFile {
  /** Ends the name of the copy that is made before the file is changed. */
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

  private ClientConfigFile(Path path, byte[] content, Map<String, Object> document) {
    this.path = path;
    this.content = content;
    this.document = document;
  }

  /**
   * Reads it; one that is missing or empty is an empty object.
   *
   * @throws CommandException when it cannot be read, or is not a JSON object
   */
  public static ClientConfigFile read(Path path) {
    try {
      var target = target(path.toAbsolutePath().normalize());
      byte[] content = Files.exists(target) ? Files.readAllBytes(target) : new byte[0];
      return new ClientConfigFile(target, content, parse(target, content));
    } catch (IOException e) {
      throw failed("cannot read " + path, e);
    }
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

  /** The copy of the file as it was before the last change. */
  Path backup() {
    return path.resolveSibling(path.getFileName() + BACKUP);
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
   * Writes the document: the old file is copied, the new one written beside it, forced to the disk
   * and renamed. After a failure or a crash at any moment the file is the old or the new one.
   *
   * @throws CommandException when that failed, or somebody else has changed the file meanwhile
   */
  void write() {
    try {
      var folder = path.resolveSibling("");
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      boolean existed = Files.exists(path);
      var like = existed ? path : folder;
      var mode = existed ? PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) : "";
      if (!Arrays.equals(content, existed ? Files.readAllBytes(path) : new byte[0])) {
        throw new IOException("somebody else has changed it meanwhile; try again");
      }
      if (existed) {
        put(backup(), content, mode, like);
      }
      var text = FORM.asString(document) + "\n";
      put(path, text.getBytes(StandardCharsets.UTF_8), existed ? mode : OWNER_ONLY, like);
      try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw failed("cannot change " + path, e);
    }
  }

  /** Never readable by more than it will be: made for its owner only, opened at the end. */
  private static void put(Path file, byte[] content, String mode, Path like) throws IOException {
    var part = file.resolveSibling("." + file.getFileName() + ".part");
    Files.deleteIfExists(part);
    var options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY));
    try {
      try (var channel = FileChannel.open(part, options, ownerOnly)) {
        var bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        giveToOwnerOf(like, part);
        Files.setPosixFilePermissions(part, PosixFilePermissions.fromString(mode));
        channel.force(true);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(part);
      throw e;
    }
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
