package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.FailingEntry;
import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.OutputOption;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.wire.Action;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the state of each entry, once or repeatedly. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Show the daemon, its entries and their leases, your logins, and unhealthy components.",
      "Each entry has its last run and its last error. Never prints a secret."
    },
    exitCodeList = {
      "0:no registry fails, and every component is healthy",
      "1:a registry fails, a component is unhealthy, or no daemon answers"
    })
final class StatusCommand implements Callable<Integer> {
  private static final Duration EVERY = Duration.ofSeconds(2);

  /** Moves to the top left and clears the screen: ECMA-48 CUP and ED. */
  private static final String CLEAR = "\u001b[H\u001b[2J";

  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = {"-w", "--watch"},
      description = "Repeat every 2 s until interrupted.")
  private boolean watch;

  @Mixin private SocketOption socket = new SocketOption();

  private final Console console;
  private final InstantSource clock = InstantSource.system();

  StatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    var client = socket.client(console);
    if (!watch) {
      return print(client.askForJson(Action.STATUS, ""), "");
    }
    var never = new CountDownLatch(1);
    do {
      try {
        print(
            client.askForJson(Action.STATUS, ""),
            console.terminal() && !output.isJson() ? CLEAR : "");
      } catch (CommandException away) {
        console.err().println("rig-credentials: " + away.getMessage()); // as during a restart
      }
    } while (!never.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
    return ExitStatus.OK;
  }

  /** Printed as one text, so that a terminal does not flicker. */
  private int print(JsonObject document, String before) {
    var text = new ByteArrayOutputStream();
    var now = clock.instant();
    try (var out = new PrintStream(text, false, StandardCharsets.UTF_8)) {
      if (output.isJson()) {
        out.println(JsonWriter.text(JsonForm.INDENTED, document));
      } else {
        head(document, now, out);
        table(document, now, out);
      }
    }
    Console.raw(console.out()).print(before);
    console.out().print(text.toString(StandardCharsets.UTF_8));
    console.out().flush();
    return failing(document, now).isEmpty()
            && document.objects("health").stream().allMatch(part -> part.isTrue("healthy"))
        ? ExitStatus.OK
        : ExitStatus.FAILED;
  }

  private static List<FailingEntry> failing(JsonObject document, Instant now) {
    return FailingEntry.of(document, now).stream().filter(FailingEntry::breaksPulls).toList();
  }

  /** Prints failures and the daemon's identity. */
  private void head(JsonObject document, Instant now, PrintStream out) {
    var failing = failing(document, now);
    if (!failing.isEmpty()) {
      out.println("No credential for:");
      failing.forEach(entry -> out.println("  " + entry.name() + ": " + entry.reason()));
      out.println();
    }
    out.println("Socket:         " + socket.client(console).socket());
    if (document.has("pid")) { // absent in a daemon of an earlier release
      out.println(
          "Daemon:         pid %s, version %s"
              .formatted(document.display("pid"), document.display("version")));
    }
    var files = document.texts("configuration");
    out.println("Configuration:  " + (files.isEmpty() ? "-" : String.join(", ", files)));
    out.println();
  }

  private static void logins(JsonObject document, PrintStream out) {
    var logins = document.objects("logins");
    if (!logins.isEmpty()) {
      out.println();
      var table = new TextTable("YOUR LOGIN", "USER", "STORED");
      logins.forEach(login ->
          table.row(login.display("prefix"), login.display("username"), login.display("storedAt")));
      table.print(out);
    }
  }

  static void table(JsonObject document, Instant now, PrintStream out) {
    var table =
        new TextTable(
            "PREFIX",
            "SOURCE",
            "AGE",
            "ENDS IN",
            "HITS",
            "RUNS",
            "LAST RUN",
            "TOOK",
            "NEXT TRY",
            "LAST ERROR");
    for (var entry : document.objects("entries")) {
      boolean script = !entry.display("source").equals("static");
      row(table, entry.display("prefix"), entry.display("source"), script, entry, now);
      var hosts = entry.objects("hosts");
      hosts.forEach(host -> row(table, "  " + host.display("registry"), "", script, host, now));
      int more =
          entry.has("hostCount") ? Integer.parseInt(entry.display("hostCount")) - hosts.size() : 0;
      if (more > 0) {
        table.row("  and " + more + " more hosts", "", "", "", "", "", "", "", "", "");
      }
    }
    table.print(out);
    logins(document, out);
    if (document.has("scriptShell")) {
      out.println();
      out.println("Scripts without #! run with " + document.display("scriptShell") + ".");
    }
    for (var part : document.objects("health")) {
      if (!part.isTrue("healthy")) {
        out.println();
        out.println(part.display("part") + " is unhealthy:");
        part.texts("messages").forEach(message -> out.println("  " + message));
      }
    }
  }

  private static void row(
      TextTable table, String name, String source, boolean script, JsonObject lease, Instant now) {
    table.row(
        name,
        source,
        since(lease, "issuedAt", now),
        lease.has("issuedAt") && !lease.has("expiresAt") ? "never" : until(lease, now),
        lease.display("hits"),
        script ? lease.display("runs") : "-",
        !script ? "-" : lease.isTrue("loading") ? "now" : since(lease, "lastRun", now),
        script && lease.has("lastRunMillis") ? lease.display("lastRunMillis") + "ms" : "-",
        lease.has("nextAttempt")
            ? Durations.text(Duration.between(now, Instant.parse(lease.display("nextAttempt"))))
            : "-",
        lease.display("lastError"));
  }

  private static String since(JsonObject entry, String field, Instant now) {
    return entry.has(field)
        ? Durations.text(Duration.between(Instant.parse(entry.text(field)), now))
        : "-";
  }

  private static String until(JsonObject entry, Instant now) {
    return entry.has("expiresAt")
        ? Durations.text(Duration.between(now, Instant.parse(entry.display("expiresAt"))))
        : "-";
  }
}
