package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.files.SearchPath;
import java.nio.file.Path;
import java.util.Optional;

/** Finds programs on the PATH, as a shell does. */
public final class ProgramPath {
  /** The program that Docker runs for the helper {@code rig}. */
  public static final String HELPER = "docker-credential-rig";

  private ProgramPath() {}

  public static Optional<Path> find(String name, Console console) {
    return SearchPath.find(name, path(console));
  }

  /** Returns the user's PATH. */
  public static String path(Console console) {
    return console.environment().getOrDefault("PATH", "");
  }
}
