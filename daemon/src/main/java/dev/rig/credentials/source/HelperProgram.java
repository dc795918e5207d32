package dev.rig.credentials.source;

import dev.rig.credentials.files.WriteAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program of a credential helper, as a {@code PATH} finds it. A folder that others than root
 * and this process's user can change is passed over, and so is a program that they can change.
 */
public sealed interface HelperProgram {
  /** What the name of every helper's program begins with. */
  String PREFIX = "docker-credential-";

  /** Our own helper, which asks this daemon. */
  String OWN = "rig";

  /**
   * It is there.
   *
   * @param path absolute, as the {@code PATH} names it
   */
  record FoundHelper(Path path) implements HelperProgram {}

  /**
   * It is not there, or may not be run.
   *
   * @param reason for people
   */
  record MissingHelper(String reason) implements HelperProgram {}

  /**
   * It is this daemon's own helper, which would ask the daemon that asks it.
   *
   * @param reason for people
   */
  record OwnHelper(String reason) implements HelperProgram {}

  /**
   * Finds it.
   *
   * @param name what follows {@link #PREFIX}: letters, digits, dots, dashes and underscores
   * @param path the folders to look in, with colons between them
   */
  static HelperProgram find(String name, String path) {
    var program = PREFIX + name;
    if (isOwnName(name)) {
      return own(program);
    }
    var refused = new ArrayList<String>();
    for (var folder : folders(path)) {
      var file = folder.resolve(program);
      if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
        continue;
      }
      try {
        if (isOwn(file, path)) {
          return own(file.toString());
        }
        var problem = WriteAccess.ofThisProcess(System.getenv()).problem(file);
        if (problem.isEmpty()) {
          return new FoundHelper(file);
        }
        refused.add("%s is not run: %s".formatted(file, problem.get()));
      } catch (IOException e) {
        refused.add("%s cannot be looked at".formatted(file));
      }
    }
    return new MissingHelper(
        refused.isEmpty()
            ? "there is no %s on the PATH %s".formatted(program, path)
            : String.join("; ", refused));
  }

  /** Whether a helper's name is ours: {@code rig}, and {@code rig-} with an alias. */
  static boolean isOwnName(String name) {
    return name.equals(OWN) || name.startsWith(OWN + "-");
  }

  private static OwnHelper own(String program) {
    return new OwnHelper(
        "%s is this daemon's own helper, which would ask the daemon again".formatted(program));
  }

  private static List<Path> folders(String path) {
    var folders = new ArrayList<Path>();
    for (var folder : path.split(":", -1)) {
      if (folder.startsWith("/") && folder.indexOf('\0') < 0) {
        folders.add(Path.of(folder));
      }
    }
    return folders;
  }

  /** By what the file is in the end, and by its bytes: a copy asks the daemon, too. */
  private static boolean isOwn(Path file, String path) throws IOException {
    var candidates = new ArrayList<Path>();
    folders(path).forEach(folder -> candidates.add(folder.resolve(PREFIX + OWN)));
    var home = System.getProperty("rig.home");
    if (home != null) {
      candidates.add(Path.of(home, "bin", PREFIX + OWN));
    }
    for (var candidate : candidates) {
      if (Files.isRegularFile(candidate)
          && Files.isReadable(candidate)
          && Files.size(candidate) == Files.size(file)
          && Files.mismatch(candidate, file) < 0) {
        return true;
      }
    }
    return false;
  }
}
