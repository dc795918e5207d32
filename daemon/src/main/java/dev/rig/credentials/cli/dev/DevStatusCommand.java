package dev.rig.credentials.cli.dev;

import dev.rig.credentials.cli.output.ByteSizes;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.OutputOption;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the state of the development registry. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Print the address, the images and the size on disk of the registry.",
    exitCodeList = {"0:the registry is running", "1:it is not running"})
final class DevStatusCommand implements Callable<Integer> {
  @Mixin private OutputOption output = new OutputOption();

  @Mixin private StateOption state = new StateOption();

  private final Console console;

  DevStatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    var found = state.with(console, registry -> registry.status()).orElse(null);
    if (found == null) {
      throw new CommandException(
          ExitStatus.FAILED, "there is no development registry: run \"rig-credentials dev up\"");
    }
    var runner = found.runner();
    if (output.isJson()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("host", found.host());
      json.put("running", runner != null);
      if (runner != null) {
        json.put("runsAs", runner);
      }
      var authority = found.authority();
      if (authority != null) {
        json.put("authority", authority.toString());
      }
      json.put("images", found.images());
      json.put("bytes", found.bytes());
      console.out().println(JsonWriter.text(JsonForm.INDENTED, json));
    } else {
      var table = new TextTable("ADDRESS", "RUNS AS", "IMAGES", "DISK");
      table.row(
          found.host(),
          runner == null ? "-" : runner,
          Integer.toString(found.images().size()),
          ByteSizes.text(found.bytes()));
      table.print(console.out());
      found.images().forEach(image -> console.out().println(found.host() + "/" + image));
    }
    if (runner == null) {
      console.err().println("rig-credentials: it is not running: run \"rig-credentials dev up\"");
      return ExitStatus.FAILED;
    }
    return ExitStatus.OK;
  }
}
