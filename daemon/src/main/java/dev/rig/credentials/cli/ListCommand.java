package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.OutputFormat;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.wire.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the entries that a daemon serves. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Print the entries that the daemon serves and your own logins, no secrets.")
final class ListCommand implements Callable<Integer> {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = {
        "table, json, or docker (the entries that answer now, as docker-credential-rig list prints"
            + " them). Default: table."
      })
  private OutputFormat output = OutputFormat.TABLE;

  @Mixin private SocketOption socket = new SocketOption();

  private final Console console;
  private final InstantSource clock = InstantSource.system();

  ListCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    var client = socket.client(console);
    switch (output) {
      case DOCKER -> console.out().print(client.askFor(Action.LIST, ""));
      case JSON ->
          console
              .out()
              .println(JsonWriter.text(JsonForm.INDENTED, client.askForJson(Action.STATUS, "")));
      case TABLE -> {
        var table = new TextTable("PREFIX", "SOURCE", "LEASE", "ALIAS", "DEFAULT", "FROM");
        var status = client.askForJson(Action.STATUS, "");
        for (var entry : status.objects("entries")) {
          table.row(
              entry.display("prefix"),
              entry.display("source"),
              lease(entry),
              entry.display("alias"),
              entry.isTrue("default") ? "yes" : "-",
              entry.display("origin"));
        }
        for (var login : status.objects("logins")) {
          table.row(login.display("prefix"), "your login", "no expiry", "-", "-", "-");
        }
        table.print(console.out());
      }
    }
    return ExitStatus.OK;
  }

  private String lease(JsonObject entry) {
    if (entry.has("expiresAt")) {
      var left = Duration.between(clock.instant(), Instant.parse(entry.display("expiresAt")));
      return "for " + Durations.text(left);
    }
    if (entry.has("issuedAt") || entry.display("source").equals("static")) {
      return "no expiry";
    }
    if (entry.has("lastError")) {
      return "failed";
    }
    return entry.isTrue("loading") ? "being fetched" : "not asked yet";
  }
}
