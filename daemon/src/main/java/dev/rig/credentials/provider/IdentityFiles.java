package dev.rig.credentials.provider;

import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.files.WriteAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * The files that hold a provider's identity, named by options or by the environment. Each use
 * checks that a file is a regular one (F39), and that only root and the daemon's user can write it
 * (T23): a user who can write it decides which service gets the daemon's requests.
 */
final class IdentityFiles {
  private final WriteAccess access;

  IdentityFiles(Map<String, String> environment) {
    access = WriteAccess.ofThisProcess(environment);
  }

  /**
   * Reads a file of at most 1 MiB.
   *
   * @param name the option or the variable that names it
   * @throws SourceException if it cannot be read or must not be used
   */
  byte[] read(String name, String file) {
    try {
      var path = Path.of(file);
      var content = RegularFile.read(path, RegularFile.SMALL);
      var problem = access.problem(path);
      if (problem.isPresent()) {
        throw refused(name, file, problem.get());
      }
      return content;
    } catch (InvalidPathException e) {
      throw refused(name, file, "it is not a path");
    } catch (IOException e) {
      throw refused(name, file, RegularFile.reason(e));
    }
  }

  /** Reads a file as UTF-8, in the same way; invalid bytes are replaced. */
  String text(String name, String file) {
    return new String(read(name, file), StandardCharsets.UTF_8);
  }

  /** Checks a file that a library reads itself. */
  void check(String name, String file) {
    var _ = read(name, file);
  }

  /** Returns whether a file or folder with that name exists. */
  static boolean isPresent(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static SourceException refused(String name, String file, String reason) {
    return new SourceException(
        ReasonClass.REFUSED, "the file %s of %s is not used: %s".formatted(file, name, reason));
  }
}
