package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.OutputOption;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.wire.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Explains how a request for an image is answered. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Show which entry or stored login answers for an image, and why.",
      "Asks the daemon as a client would. Shows where the credential comes from, when it expires,"
          + " and what went wrong. Never prints a secret."
    },
    exitCodeList = {"0:an entry or a login answers", "1:no entry matches, or it fails"})
final class ExplainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "IMAGE", description = "An image, a repository or a registry.")
  private String image = "";

  @Mixin private OutputOption output = new OutputOption();

  @Mixin private SocketOption socket = new SocketOption();

  private final Console console;

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    var document = socket.client(console).askForJson(Action.EXPLAIN, image);
    if (output.isJson()) {
      console.out().println(JsonWriter.text(JsonForm.INDENTED, document));
    } else {
      print(console, image, document, InstantSource.system());
    }
    return document.display("outcome").equals("found") ? ExitStatus.OK : ExitStatus.FAILED;
  }

  static void print(Console console, String image, JsonObject document, InstantSource clock) {
    var out = console.out();
    out.println("Image:       " + image);
    out.println("Reference:   " + document.display("reference"));
    out.println("Considered:");
    var considered = document.objects("considered");
    if (considered.isEmpty()) {
      out.println("  no entry matches; \"rig-credentials list\" shows the configured ones");
    }
    for (var entry : considered) {
      out.printf(
          "  %s %s (%s): %s%n",
          entry.isTrue("answers") ? "->" : "  ",
          entry.display("prefix"),
          source(entry),
          entry.display("why"));
    }
    out.println("Outcome:     " + document.display("outcome"));
    if (document.has("reason")) {
      out.println("Reason:      " + document.display("reason"));
    }
    if (document.has("note")) {
      out.println("Note:        " + document.display("note"));
    }
    if (!document.has("answering")) {
      return;
    }
    var answering = document.object("answering");
    var stored =
        answering.has("storedAt")
            ? ", stored " + ago(Instant.parse(answering.display("storedAt")), clock)
            : "";
    out.println("Source:      " + source(answering) + stored);
    if (answering.has("issuedAt")) {
      out.println("Issued:      " + withAge(answering.display("issuedAt"), clock));
      out.println(
          "Expires:     "
              + (answering.has("expiresAt")
                  ? withAge(answering.display("expiresAt"), clock)
                  : "never"));
    }
    boolean obtained = !Set.of("static", "login").contains(answering.display("source"));
    if (answering.has("lastRun") && obtained) {
      out.printf(
          "Last run:    %s, took %s ms%n",
          withAge(answering.display("lastRun"), clock), answering.display("lastRunMillis"));
    }
    if (answering.has("lastError")) {
      out.printf(
          "Last error:  %s (failed %s times in a row)%n",
          answering.display("lastError"), answering.display("failures"));
      out.println("Next try:    " + withAge(answering.display("nextAttempt"), clock));
    }
  }

  private static String source(JsonObject one) {
    var of = one.display("source").equals("login") ? " of " : ", ";
    return one.display("source") + of + one.display("origin");
  }

  private static String withAge(String instant, InstantSource clock) {
    return instant + " (" + ago(Instant.parse(instant), clock) + ")";
  }

  private static String ago(Instant instant, InstantSource clock) {
    var distance = Duration.between(instant, clock.instant());
    var age = Durations.text(distance.abs());
    return distance.isNegative() ? "in " + age : age + " ago";
  }
}
