package dev.rig.credentials.cli;

import dev.rig.credentials.app.Settings;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.dev.DevException;
import dev.rig.credentials.dev.DevRegistry;
import dev.rig.credentials.time.SystemScheduler;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the development registry keeps what it has. */
final class StateOption {
  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description =
          "The folder for what outlives a command: that of the daemon's defaults when unset.")
  private @Nullable Path folder;

  interface Task<T> {
    T run(DevRegistry registry) throws InterruptedException;
  }

  Path folder(Console console) {
    return folder != null
        ? folder.toAbsolutePath()
        : Settings.resolve(
                DaemonSettings.UNSET, DaemonSettings.UNSET, console.environment(), console.root())
            .stateDir();
  }

  /**
   * Does something with the registry.
   *
   * @throws CommandException when that fails
   */
  <T> T with(Console console, Task<T> task) throws InterruptedException {
    try (var scheduler = new SystemScheduler()) {
      return task.run(new DevRegistry(folder(console), console.environment(), scheduler.time()));
    } catch (DevException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    }
  }
}
