package dev.rig.credentials.config.files;

import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.files.WriteAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the password files of entries, and records those that a configuration names. */
public final class PasswordFiles {
  /** The size limit in bytes. */
  static final int LARGEST = 64 * 1024;

  private final WriteAccess access;
  private final Set<Path> named = new LinkedHashSet<>();
  private final List<InputFile> contents = new ArrayList<>();

  /**
   * Creates a reader without recorded files.
   *
   * @param access determines who can write the files
   */
  public PasswordFiles(WriteAccess access) {
    this.access = access;
  }

  /** Returns the files named so far, whether or not they could be read. */
  public List<Path> named() {
    return List.copyOf(named);
  }

  /** Returns the contents that were read, for a fingerprint. */
  public List<InputFile> contents() {
    return List.copyOf(contents);
  }

  /**
   * Reads a password: the file's text without one trailing line break. It may contain further line
   * breaks.
   *
   * @param file an absolute path
   * @param origin the location that names the file
   * @return null, with a finding, if the file cannot be used
   */
  public @Nullable String password(Path file, SourcePosition origin, ProblemCollector findings) {
    if (!named.add(file)) {
      contents.removeIf(read -> read.name().equals(file.toString()));
    }
    try {
      var content = RegularFile.read(file, LARGEST);
      contents.add(new InputFile(file.toString(), content));
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
      var password = withoutLineBreak(text.toString());
      var problem = access.problem(file).or(() -> Optional.ofNullable(wrong(password)));
      if (problem.isEmpty()) {
        return password;
      }
      findings.add(origin, "the password file is refused: " + problem.get(), null);
    } catch (CharacterCodingException e) {
      findings.add(origin, "the password file is not UTF-8", null);
    } catch (IOException e) {
      if (!(e instanceof NoSuchFileException || e instanceof AccessDeniedException)) {
        findings.readFailed(); // otherwise the watch notices the correction
      }
      findings.add(origin, "the password file cannot be read: " + reason(e), null);
    }
    return null;
  }

  private static String withoutLineBreak(String text) {
    if (!text.endsWith("\n")) {
      return text;
    }
    return text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1));
  }

  private static @Nullable String wrong(String password) {
    if (password.isEmpty()) {
      return "it is empty";
    }
    if (password.endsWith("\n") || password.endsWith("\r")) {
      return "it ends with an empty line";
    }
    return password.chars().anyMatch(c -> Character.isISOControl(c) && "\t\r\n".indexOf(c) < 0)
        ? "it contains a control character"
        : null;
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException known when known.getReason() != null -> known.getReason();
      default -> "the system refuses it";
    };
  }
}
