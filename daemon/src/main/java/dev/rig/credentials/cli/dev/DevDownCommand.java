package dev.rig.credentials.cli.dev;

import dev.rig.credentials.cli.client.BackgroundDaemon;
import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.wire.Action;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stops the development registry. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = {
      "Stop the registry; its images are kept.",
      "The daemon that \"dev up\" started is stopped too."
    },
    exitCodeList = {"0:the registry is not running", "1:it could not be stopped; stderr says why"})
final class DevDownCommand implements Callable<Integer> {
  @Option(names = "--purge", arity = "0", description = "Also delete its images and its login.")
  private boolean purge;

  @Mixin private StateOption state = new StateOption();

  private final Console console;

  DevDownCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    var host = state.with(console, registry -> registry.down(purge)).orElse(null);
    if (host != null && BackgroundDaemon.answers(console)) {
      var _ = DaemonClient.at(null, console).ask(Action.ERASE, host);
    }
    console
        .out()
        .println(
            host == null
                ? "There is no development registry."
                : "The development registry at %s was stopped%s."
                    .formatted(host, purge ? "; its images were deleted" : ""));
    if (BackgroundDaemon.stop(state.folder(console))) {
      console.out().println("The daemon that was started for it was stopped.");
    }
    return ExitStatus.OK;
  }
}
