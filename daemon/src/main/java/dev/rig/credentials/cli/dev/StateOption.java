package dev.rig.credentials.cli.dev;

import dev.rig.credentials.app.EffectiveSettings;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.dev.DevException;
import dev.rig.credentials.dev.DevRegistry;
import dev.rig.credentials.time.SystemScheduler;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the folder of the development registry. */
public final class StateOption {
  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "The state folder. Default: that of the daemon.")
  private @Nullable Path folder;

  public interface StateTask<T> {
    T run(DevRegistry registry) throws InterruptedException;
  }

  public Path folder(Console console) {
    return folder != null
        ? folder.toAbsolutePath()
        : EffectiveSettings.resolve(
                DaemonSettings.UNSET, DaemonSettings.UNSET, console.environment(), console.root())
            .stateDir();
  }

  /**
   * Runs a task on the registry.
   *
   * @throws CommandException if the task fails
   */
  public <T> T with(Console console, StateTask<T> task) throws InterruptedException {
    try (var scheduler = new SystemScheduler()) {
      return task.run(new DevRegistry(folder(console), console.environment(), scheduler.time()));
    } catch (DevException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    }
  }
}
