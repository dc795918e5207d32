package dev.rig.credentials.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Programs on the PATH, as a shell finds them. */
final class Programs {
  /** What Docker calls for the helper {@code rig}. */
  static final String HELPER = "docker-credential-rig";

  private Programs() {}

  static Optional<Path> find(String name, Console console) {
    return find(name, path(console));
  }

  /** The user's PATH. */
  static String path(Console console) {
    return console.environment().getOrDefault("PATH", "");
  }

  /** The same by another PATH. */
  static Optional<Path> find(String name, String path) {
    return Arrays.stream(path.split(":", -1))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
