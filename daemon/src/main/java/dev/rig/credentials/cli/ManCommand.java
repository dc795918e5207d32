package dev.rig.credentials.cli;

import dev.rig.credentials.cli.output.ExitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the manual pages; the build calls it. */
@Command(
    name = "generate-man",
    hidden = true,
    description = "Write a manual page for each command into a folder.")
final class ManCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "The folder; created if it does not exist.")
  private Path folder = Path.of("");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    var root = spec.root();
    write(root);
    root.subcommands().values().stream()
        .map(command -> command.getCommandSpec())
        .filter(command -> !command.usageMessage().hidden())
        .forEach(this::write);
    return ExitStatus.OK;
  }

  private void write(CommandSpec command) {
    var page = new ManPage(command);
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(page.name() + ".1"), page.text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
