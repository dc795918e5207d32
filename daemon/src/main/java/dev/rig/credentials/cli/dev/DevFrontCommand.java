package dev.rig.credentials.cli.dev;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.dev.DevException;
import dev.rig.credentials.dev.DevRegistry;
import dev.rig.credentials.time.SystemScheduler;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The process that {@code dev up} starts in front of a registry without a login. */
@Command(name = "front", hidden = true, description = "Serve in front of the registry.")
final class DevFrontCommand implements Callable<Integer> {
  /** A path below the state folder, by which the process is identified. */
  @Parameters(paramLabel = "STATE/dev/front")
  private Path mark = Path.of("");

  private final Console console;

  DevFrontCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    var state = mark.resolve("../..").normalize();
    try (var scheduler = new SystemScheduler();
        var _ = new DevRegistry(state, console.environment(), scheduler.time()).openFront()) {
      new CountDownLatch(1).await();
      return ExitStatus.OK;
    } catch (DevException | UncheckedIOException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    }
  }
}
