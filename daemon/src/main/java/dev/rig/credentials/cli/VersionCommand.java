package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.Version;
import dev.rig.credentials.wire.Action;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the versions of this program and of the daemon. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Print the versions of this program and of the daemon.")
final class VersionCommand implements Callable<Integer> {
  @Mixin private SocketOption socket = new SocketOption();

  private final Console console;

  VersionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    console.out().println("rig-credentials " + Version.text());
    try {
      console.out().print("daemon: " + socket.client(console).askFor(Action.VERSION, ""));
    } catch (CommandException unreachable) {
      console.out().println("daemon: not reachable");
    }
    return ExitStatus.OK;
  }
}
