package dev.rig.credentials.files;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds programs in the folders of a {@code PATH}; relative ones do not count. */
public final class SearchPath {
  private static final String DEFAULT = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

  private SearchPath() {}

  /** Returns the {@code PATH} of an environment, or the default one. */
  public static String of(Map<String, String> environment) {
    return environment.getOrDefault("PATH", DEFAULT);
  }

  /**
   * Returns the folders in which programs are searched for, in this order; without those whose
   * names the JVM cannot represent.
   */
  public static List<Path> folders(String path) {
    var folders = new ArrayList<Path>();
    for (var folder : path.split(":", -1)) {
      if (folder.startsWith("/")) {
        try {
          folders.add(Path.of(folder));
        } catch (InvalidPathException noName) {
          // No program can be found there.
        }
      }
    }
    return folders;
  }

  /** Returns the program with this name, which contains no slash; empty if absent. */
  public static Optional<Path> find(String name, String path) {
    return folders(path).stream()
        .flatMap(folder -> program(folder + "/" + name).stream())
        .findFirst();
  }

  /**
   * Returns the program that execvp(3) would run, which also searches in relative folders.
   *
   * @param folder the working directory
   */
  static Optional<Path> find(String name, String path, Path folder) {
    for (var each : path.split(":", -1)) {
      try {
        var found = program(folder.resolve(each).resolve(name).toString());
        if (found.isPresent()) {
          return found;
        }
      } catch (InvalidPathException noName) {
        // No program can be found there.
      }
    }
    return Optional.empty();
  }

  /** Returns the program at a path; empty if it is missing or not executable. */
  public static Optional<Path> program(String name) {
    try {
      return Optional.of(Path.of(name))
          .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file));
    } catch (InvalidPathException noName) {
      return Optional.empty();
    }
  }
}
