package dev.rig.credentials.cli.dev;

import dev.rig.credentials.cli.output.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands for the development registry. */
@Command(
    name = "dev",
    mixinStandardHelpOptions = true,
    description = "A container registry of your own on this machine, for development.")
public final class DevCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Returns the command with its subcommands. */
  public static CommandLine of(Console console) {
    return new CommandLine(new DevCommand())
        .addSubcommand("up", new DevUpCommand(console))
        .addSubcommand("status", new DevStatusCommand(console))
        .addSubcommand("down", new DevDownCommand(console))
        .addSubcommand("manifests", new DevManifestsCommand(console))
        .addSubcommand("front", new DevFrontCommand(console));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing command: up, status, down or manifests");
  }
}
