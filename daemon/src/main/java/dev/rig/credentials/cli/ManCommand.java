package dev.rig.credentials.cli;

import static java.util.Objects.requireNonNull;

import dev.rig.credentials.cli.output.ExitStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the manual pages of the commands and the handwritten ones. The build calls it. */
@Command(
    name = "generate-man",
    hidden = true,
    description = "Write the manual pages into a folder.")
final class ManCommand implements Callable<Integer> {
  /** The handwritten pages, with their sections; they are resources. */
  private static final List<String> OTHERS =
      List.of("docker-credential-rig.1", "rig-credential-provider.1", "rig-credentials-values.5");

  @Parameters(
      paramLabel = "DIR",
      description = "Gets the folders man1 and man5; created if it does not exist.")
  private Path folder = Path.of("");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    writeAll(spec.root());
    for (var page : OTHERS) {
      try (var text = ManCommand.class.getResourceAsStream("man/" + page)) {
        var template = new String(requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8);
        write(page, ManPage.filled(template));
      }
    }
    return ExitStatus.OK;
  }

  private void writeAll(CommandSpec command) throws IOException {
    var page = new ManPage(command);
    write(page.name() + ".1", page.text());
    for (var below : command.subcommands().values()) {
      if (!below.getCommandSpec().usageMessage().hidden()) {
        writeAll(below.getCommandSpec());
      }
    }
  }

  private void write(String page, String text) throws IOException {
    var section = folder.resolve("man" + page.charAt(page.length() - 1));
    Files.createDirectories(section);
    Files.writeString(section.resolve(page), text);
  }
}
