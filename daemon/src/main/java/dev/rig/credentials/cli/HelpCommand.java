package dev.rig.credentials.cli;

import dev.rig.credentials.cli.output.ExitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints the help of a command, also of a nested one; picocli's own supports one level. */
@Command(
    name = "help",
    mixinStandardHelpOptions = true,
    description = "Print the help of a command, or the list of commands.")
final class HelpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Adds the command; completion offers the commands added before it. */
  static void addTo(CommandLine commandLine) {
    var help = new CommandLine(new HelpCommand());
    var commands = shown(commandLine);
    var nested = commands.stream().flatMap(command -> shown(command).stream()).toList();
    help.getCommandSpec()
        .addPositional(argument("0", "COMMAND", "The command.", commands))
        .addPositional(argument("1", "SUBCOMMAND", "One of its own commands.", nested));
    commandLine.addSubcommand("help", help);
  }

  private static List<CommandLine> shown(CommandLine commandLine) {
    return commandLine.getSubcommands().values().stream()
        .filter(command -> !command.getCommandSpec().usageMessage().hidden())
        .toList();
  }

  private static PositionalParamSpec argument(
      String index, String label, String description, List<CommandLine> commands) {
    return PositionalParamSpec.builder()
        .index(index)
        .arity("0..1")
        .paramLabel(label)
        .description(description)
        .type(String.class)
        .completionCandidates(commands.stream().map(CommandLine::getCommandName).toList())
        .build();
  }

  @Override
  public Integer call() {
    var command = spec.root().commandLine();
    for (var name : names()) {
      var next = command.getSubcommands().get(name);
      if (next == null) {
        throw new UnmatchedArgumentException(command, List.of(name));
      }
      command = next;
    }
    command.usage(spec.root().commandLine().getOut());
    return ExitStatus.OK;
  }

  private List<String> names() {
    var names = new ArrayList<String>();
    for (var argument : spec.positionalParameters()) {
      String name = argument.getValue();
      if (name != null) {
        names.add(name);
      }
    }
    return names;
  }
}
