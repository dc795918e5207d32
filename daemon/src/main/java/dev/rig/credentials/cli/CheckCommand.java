package dev.rig.credentials.cli;

import dev.rig.credentials.app.ConfigurationHealth;
import dev.rig.credentials.app.HelperLoops;
import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.OutputOption;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.config.ConfigurationRemarks;
import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Validates a configuration without serving it. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Validate a configuration and print its entries without secrets.",
      "Settings that only make another component unhealthy are warnings: credentials are still"
          + " served. Valid settings that are probably mistakes are printed as notes."
    },
    exitCodeList = {"0:the configuration is valid", "78:it is invalid; stderr lists every error"})
final class CheckCommand implements Callable<Integer> {
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Mixin private OutputOption output = new OutputOption();

  private final Console console;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    var configuration = config.load(console);
    var _ = ConfigOptions.shell(configuration.daemon(), console);
    var remarks =
        Stream.concat(
                ConfigurationRemarks.of(configuration).stream(),
                SuspiciousEntries.of(configuration.registries()).stream())
            .map(Problem::toString)
            .toList();
    var unhealthy = ConfigurationHealth.unhealthy(configuration, console.environment());
    var stateFolder =
        ConfigurationHealth.stateFolder(configuration, console.environment(), console.root());
    HelperLoops.check(configuration.registries(), console.environment().getOrDefault("PATH", ""));
    if (output.isJson()) {
      var entries = configuration.registries().stream().map(CheckCommand::json).toList();
      var json = new TreeMap<String, Object>(Map.of("entries", entries));
      var all = Stream.concat(remarks.stream(), stateFolder.stream()).toList();
      if (!all.isEmpty()) {
        json.put("remarks", all);
      }
      if (!unhealthy.isEmpty()) {
        json.put("unhealthy", unhealthy.stream().map(CheckCommand::json).toList());
      }
      console.out().println(JsonWriter.text(JsonForm.INDENTED, json));
      return ExitStatus.OK;
    }
    var table = new TextTable("PREFIX", "SOURCE", "EXPIRE", "TIMEOUT", "ALIAS", "DEFAULT", "FROM");
    for (var entry : configuration.registries()) {
      var source = entry.source();
      table.row(
          entry.prefix().toString(),
          name(source),
          source instanceof EntrySource.StaticLogin ? "never" : Durations.text(entry.expire()),
          switch (source) {
            case EntrySource.StaticLogin _ -> "-";
            case EntrySource.Script script -> Durations.text(script.timeout());
            case EntrySource.OtherHelper helper -> Durations.text(helper.timeout());
            case EntrySource.CloudProvider provider -> Durations.text(provider.timeout());
          },
          entry.alias() == null ? "-" : entry.alias(),
          entry.isDefault() ? "yes" : "-",
          entry.origin().toString());
    }
    table.print(console.out());
    remarks.forEach(remark -> console.out().println("Note: " + remark + "."));
    stateFolder.ifPresent(warning -> console.err().println("warning: " + warning));
    for (var component : unhealthy) {
      component
          .messages()
          .forEach(
              message -> console.err().println("warning: " + component.part() + ": " + message));
    }
    return ExitStatus.OK;
  }

  private static String name(EntrySource source) {
    return switch (source) {
      case EntrySource.StaticLogin _ -> "static";
      case EntrySource.Script _ -> "script";
      case EntrySource.OtherHelper _ -> "helper";
      case EntrySource.CloudProvider provider -> provider.kind().text();
    };
  }

  private static Map<String, Object> json(ComponentHealth component) {
    return Map.of("part", component.part(), "messages", component.messages());
  }

  private static Map<String, Object> json(RegistryEntry entry) {
    var json = new LinkedHashMap<String, Object>();
    json.put("prefix", entry.prefix().toString());
    json.put("source", name(entry.source()));
    switch (entry.source()) {
      case EntrySource.StaticLogin _ -> {}
      case EntrySource.OtherHelper helper -> {
        json.put("helper", helper.name());
        json.put("expireSeconds", entry.expire().toSeconds());
        json.put("timeoutSeconds", helper.timeout().toSeconds());
        json.put("env", helper.env().keySet().stream().sorted().toList());
      }
      case EntrySource.CloudProvider provider -> {
        json.put("expireSeconds", entry.expire().toSeconds());
        json.put("timeoutSeconds", provider.timeout().toSeconds());
        json.put("with", new TreeMap<>(provider.options()));
      }
      case EntrySource.Script script -> {
        json.put("expireSeconds", entry.expire().toSeconds());
        json.put("timeoutSeconds", script.timeout().toSeconds());
        json.put("env", script.env().keySet().stream().sorted().toList());
      }
    }
    if (entry.alias() != null) {
      json.put("alias", entry.alias());
    }
    json.put("default", entry.isDefault());
    if (!entry.mirrorOf().isEmpty()) {
      json.put("mirrorOf", entry.mirrorOf().stream().map(RegistryPrefix::toString).toList());
    }
    json.put("origin", entry.origin().toString());
    return json;
  }
}
