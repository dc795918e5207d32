package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.PlatformClient;
import dev.rig.credentials.cli.client.PlatformOption;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.OutputOption;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the tags of a repository through the daemon. */
@Command(
    name = "tags",
    mixinStandardHelpOptions = true,
    description = "Print the tags of a repository, the newest first.",
    exitCodeList = {"0:printed", "1:the tags could not be listed; stderr says why"})
final class TagsCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "REPOSITORY",
      description = "A repository, for example ghcr.io/acme/app.")
  private String repository = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "The maximum number of tags, from 1 to 1000. Default: 100.")
  private int limit = 100;

  @Option(
      names = "--after",
      paramLabel = "TAG",
      description = "Continue after this tag, which stderr named at the end of the previous page.")
  private @Nullable String after;

  @Mixin private OutputOption output = new OutputOption();

  @Mixin private PlatformOption platform = new PlatformOption();

  private final Console console;
  private final InstantSource clock = InstantSource.system();

  TagsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (limit < 1 || limit > 1000) {
      throw new CommandException(ExitStatus.USAGE, "--limit must be from 1 to 1000");
    }
    var target = "/v1/tags?repository=" + PlatformClient.encode(repository) + "&limit=" + limit;
    if (after != null) {
      target += "&after=" + PlatformClient.encode(after);
    }
    var answer = platform.client(console).get(target);
    if (!answer.isOk()) {
      throw new CommandException(ExitStatus.FAILED, answer.problem());
    }
    var page = answer.body();
    if (output.isJson()) {
      console.out().println(JsonWriter.text(JsonForm.INDENTED, page));
    } else {
      table(page);
    }
    return ExitStatus.OK;
  }

  private void table(JsonObject page) {
    var table = new TextTable("TAG", "AGE", "DIGEST");
    for (var tag : page.objects("tags")) {
      table.row(tag.display("name"), age(tag), tag.display("digest"));
    }
    table.print(console.out());
    if (page.has("next")) {
      console.err().println("More: rig-credentials tags --after " + page.display("next") + " …");
    }
    if (page.isTrue("truncated")) {
      console
          .err()
          .println(
              "The list is incomplete: the repository has, or may have, more tags than these.");
    } else if (!page.has("next")) {
      console.err().println("The list is complete.");
    }
  }

  private String age(JsonObject tag) {
    return tag.has("createdAt")
        ? Durations.text(Duration.between(Instant.parse(tag.display("createdAt")), clock.instant()))
        : "-";
  }
}
