package dev.rig.credentials.cli.docker;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The paths where clients read their configuration: docker/cli, containers-auth.json(5). */
public final class ClientConfigPaths {
  private ClientConfigPaths() {}

  /**
   * Returns the file to change.
   *
   * @throws CommandException if the environment does not determine it
   */
  public static Path of(ClientHosts.ContainerClient client, Console console) {
    return switch (client) {
      case DOCKER -> {
        var folder = value("DOCKER_CONFIG", console);
        yield folder != null
            ? Path.of(folder, "config.json")
            : home(console).resolve(".docker").resolve("config.json");
      }
      // Not the file in XDG_RUNTIME_DIR, which podman login writes: it ends with the session.
      case PODMAN -> {
        var named = value("REGISTRY_AUTH_FILE", console);
        var folder = value("XDG_CONFIG_HOME", console);
        yield named != null
            ? Path.of(named)
            : (folder != null ? Path.of(folder) : home(console).resolve(".config"))
                .resolve("containers")
                .resolve("auth.json");
      }
    };
  }

  private static Path home(Console console) {
    var home = value("HOME", console);
    if (home == null) {
      throw new CommandException(ExitStatus.USAGE, "HOME is not set: name the file with --file");
    }
    return Path.of(home);
  }

  private static @Nullable String value(String name, Console console) {
    var value = console.variable(name);
    return value == null || value.isEmpty() ? null : value;
  }
}
