package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.Console;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Finds programs on the PATH, as a shell does. */
public final class ProgramPath {
  /** The program that Docker runs for the helper {@code rig}. */
  public static final String HELPER = "docker-credential-rig";

  private ProgramPath() {}

  public static Optional<Path> find(String name, Console console) {
    return find(name, path(console));
  }

  /** Returns the user's PATH. */
  public static String path(Console console) {
    return console.environment().getOrDefault("PATH", "");
  }

  /** Finds a program on the given PATH; empty if there is none. */
  public static Optional<Path> find(String name, String path) {
    return Arrays.stream(path.split(":", -1))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
