package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.ReportFormat;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Validates a configuration without serving it. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Validate a configuration and print its entries, no secrets.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:it can be used", "78:it cannot, and stderr tells everything that is wrong"})
final class CheckCommand implements Callable<Integer> {
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "table or json; table when unset.")
  private ReportFormat output = ReportFormat.TABLE;

  private final Console console;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    var configuration = config.load(console);
    if (output == ReportFormat.JSON) {
      var entries = configuration.registries().stream().map(CheckCommand::json).toList();
      console.out().println(JsonWriter.text(JsonForm.INDENTED, Map.of("entries", entries)));
      return ExitStatus.OK;
    }
    var table = new TextTable("PREFIX", "SOURCE", "EXPIRE", "TIMEOUT", "ALIAS", "DEFAULT", "FROM");
    for (var entry : configuration.registries()) {
      boolean script = entry.source() instanceof EntrySource.Script;
      table.row(
          entry.prefix().toString(),
          script ? "script" : "static",
          script ? Durations.text(entry.expire()) : "never",
          entry.source() instanceof EntrySource.Script with ? Durations.text(with.timeout()) : "-",
          entry.alias() == null ? "-" : entry.alias(),
          entry.isDefault() ? "yes" : "-",
          entry.origin().toString());
    }
    table.print(console.out());
    return ExitStatus.OK;
  }

  private static Map<String, Object> json(RegistryEntry entry) {
    var json = new LinkedHashMap<String, Object>();
    json.put("prefix", entry.prefix().toString());
    switch (entry.source()) {
      case EntrySource.StaticLogin _ -> json.put("source", "static");
      case EntrySource.Script script -> {
        json.put("source", "script");
        json.put("expireSeconds", entry.expire().toSeconds());
        json.put("timeoutSeconds", script.timeout().toSeconds());
        json.put("env", script.env().keySet().stream().sorted().toList());
      }
    }
    if (entry.alias() != null) {
      json.put("alias", entry.alias());
    }
    json.put("default", entry.isDefault());
    json.put("origin", entry.origin().toString());
    return json;
  }
}
