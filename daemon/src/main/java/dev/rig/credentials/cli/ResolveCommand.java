package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.PlatformClient;
import dev.rig.credentials.cli.client.PlatformClient.PlatformReply;
import dev.rig.credentials.cli.client.PlatformOption;
import dev.rig.credentials.cli.output.ByteSizes;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.OutputOption;
import dev.rig.credentials.cli.output.ProgressBar;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Resolves images through the daemon. */
@Command(
    name = "resolve",
    mixinStandardHelpOptions = true,
    description = "Check that images exist, and print their digests.",
    exitCodeList = {"0:all of them exist", "1:an image could not be resolved; stderr says why"})
final class ResolveCommand implements Callable<Integer> {
  private static final int AT_A_TIME = 8;

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Images, with a tag or a digest.")
  private List<String> images = new ArrayList<>();

  @Mixin private OutputOption output = new OutputOption();

  @Mixin private PlatformOption platform = new PlatformOption();

  private final Console console;
  private final boolean errTerminal;
  private final InstantSource clock = InstantSource.system();

  /**
   * Creates the command.
   *
   * @param errTerminal whether standard error is a terminal
   */
  ResolveCommand(Console console, boolean errTerminal) {
    this.console = console;
    this.errTerminal = errTerminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    var answers = ask(platform.client(console));
    if (output.isJson()) {
      json(answers);
    } else {
      table(answers);
    }
    boolean ok = true;
    for (var answer : answers) {
      if (!answer.isOk()) {
        ok = false;
        console.err().println("rig-credentials: " + answer.problem());
      }
    }
    return ok ? ExitStatus.OK : ExitStatus.FAILED;
  }

  /** Returns the answers, in the order of the images. */
  private List<PlatformReply> ask(PlatformClient client) throws InterruptedException {
    var turns = new Semaphore(AT_A_TIME);
    var answers = new ArrayList<PlatformReply>();
    try (var progress = new ProgressBar(console.err(), errTerminal, images.size());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<PlatformReply>>();
      for (var image : images) {
        running.add(
            threads.submit(() -> {
              turns.acquire();
              try {
                return client.get("/v1/images?image=" + PlatformClient.encode(image));
              } finally {
                turns.release();
                progress.step();
              }
            }));
      }
      for (var answer : running) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CommandException failed) {
        throw failed;
      }
      throw new IllegalStateException("asking the daemon failed", e.getCause());
    }
  }

  private void table(List<PlatformReply> answers) {
    if (answers.stream().noneMatch(PlatformReply::isOk)) {
      return;
    }
    var table = new TextTable("IMAGE", "DIGEST", "PLATFORMS", "SIZE", "AGE");
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i).isOk()) {
        var image = answers.get(i).body();
        table.row(
            images.get(i), image.display("digest"), platforms(image), size(image), age(image));
      }
    }
    table.print(console.out());
  }

  private static String platforms(JsonObject image) {
    var names = new ArrayList<String>();
    for (var platform : image.objects("platforms")) {
      names.add(
          platform.display("os")
              + "/"
              + platform.display("architecture")
              + (platform.has("variant") ? "/" + platform.display("variant") : ""));
    }
    return names.isEmpty() ? "-" : String.join(",", names);
  }

  private static String size(JsonObject image) {
    return image.fields().get("imageSize") instanceof Number size
        ? ByteSizes.text(size.longValue())
        : "-";
  }

  private String age(JsonObject image) {
    return image.has("createdAt")
        ? Durations.text(
            Duration.between(Instant.parse(image.display("createdAt")), clock.instant()))
        : "-";
  }

  private void json(List<PlatformReply> answers) {
    var list = new ArrayList<Object>();
    for (int i = 0; i < answers.size(); i++) {
      var answer = answers.get(i);
      if (answer.isOk()) {
        list.add(answer.body().fields());
      } else {
        var failed = new LinkedHashMap<String, Object>();
        failed.put("image", images.get(i));
        failed.put("status", answer.status());
        if (answer.body().has("reason")) {
          failed.put("reason", answer.body().display("reason"));
        }
        failed.put("error", answer.problem());
        list.add(failed);
      }
    }
    console.out().println(JsonWriter.text(JsonForm.INDENTED, list));
  }
}
