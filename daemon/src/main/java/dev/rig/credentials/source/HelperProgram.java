package dev.rig.credentials.source;

import dev.rig.credentials.files.ProgramChain;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.files.SearchPath;
import dev.rig.credentials.files.WriteAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;

/**
 * The program of a credential helper, found by a {@code PATH}. A program is skipped if users other
 * than root and this process's user can change it, its folder, or a program that runs it.
 */
public sealed interface HelperProgram {
  /** The prefix of every helper program's name. */
  String PREFIX = "docker-credential-";

  /** The name of this daemon's own helper. */
  String OWN = "rig";

  /**
   * The program was found.
   *
   * @param path absolute, as in the {@code PATH}
   */
  record FoundHelper(Path path) implements HelperProgram {}

  /**
   * The program was not found, or must not be run.
   *
   * @param reason for people
   */
  record MissingHelper(String reason) implements HelperProgram {}

  /**
   * The program is this daemon's own helper, which would ask this daemon again.
   *
   * @param reason for people
   */
  record OwnHelper(String reason) implements HelperProgram {}

  /**
   * Finds the program.
   *
   * @param name the suffix after {@link #PREFIX}: letters, digits, dots, dashes and underscores
   * @param path the folders, separated by colons
   */
  static HelperProgram find(String name, String path) {
    var program = PREFIX + name;
    if (isOwnName(name)) {
      return own(program);
    }
    var refused = new ArrayList<String>();
    for (var folder : SearchPath.folders(path)) {
      var file = folder.resolve(program);
      if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
        continue;
      }
      try {
        if (isOwn(file, path)) {
          return own(file.toString());
        }
        var problem = problem(file, path);
        if (problem.isEmpty()) {
          return new FoundHelper(file);
        }
        refused.add("%s is not run: %s".formatted(file, problem.get()));
      } catch (IOException e) {
        refused.add("%s cannot be examined: %s".formatted(file, RegularFile.reason(e)));
      }
    }
    return new MissingHelper(
        refused.isEmpty()
            ? "there is no %s on the PATH %s".formatted(program, path)
            : String.join("; ", refused));
  }

  /**
   * Returns the first location at which other users can change what runs.
   *
   * @param path the helper's {@code PATH}
   * @return for people; empty if all are safe
   * @throws IOException if the program itself or what runs it cannot be checked
   */
  private static Optional<String> problem(Path file, String path) throws IOException {
    var access = WriteAccess.ofThisProcess(System.getenv());
    var chain = ProgramChain.ofProgram(file, path);
    for (var program : chain.all()) {
      boolean itself = program.equals(file);
      try {
        boolean needed = chain.programs().contains(program);
        var problem = needed ? access.problem(program) : access.problemAhead(program);
        if (problem.isPresent()) {
          return itself
              ? problem
              : Optional.of(
                  "its interpreter " + WriteAccess.about(program.toString(), problem.get()));
        }
      } catch (IOException e) {
        if (itself) {
          throw e;
        }
        return Optional.of(
            "its interpreter %s cannot be examined: %s".formatted(program, RegularFile.reason(e)));
      }
    }
    return Optional.empty();
  }

  /** Returns whether a helper's name is ours: {@code rig}, and {@code rig-} with an alias. */
  static boolean isOwnName(String name) {
    return name.equals(OWN) || name.startsWith(OWN + "-");
  }

  private static OwnHelper own(String program) {
    return new OwnHelper(
        "%s is this daemon's own helper, which would ask the daemon again".formatted(program));
  }

  /** Returns whether the resolved file or a copy of it is ours; compares the bytes. */
  private static boolean isOwn(Path file, String path) throws IOException {
    var candidates = new ArrayList<Path>();
    SearchPath.folders(path).forEach(folder -> candidates.add(folder.resolve(PREFIX + OWN)));
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
