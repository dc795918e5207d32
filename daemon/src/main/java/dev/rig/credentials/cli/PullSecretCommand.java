package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.PlatformOption;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.cli.output.YamlOutput;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the daemon write a cluster's pull secret, or remove unused ones. */
@Command(
    name = "pull-secret",
    mixinStandardHelpOptions = true,
    description = {
      "Create the Secret with which a workload's images are pulled; the daemon keeps it up to"
          + " date.",
      "Without --apply and --output, shows what the Secret would contain."
    },
    exitCodeList = {
      "0:done, shown, or no Secret is needed",
      "1:the daemon refused or failed; stderr says why"
    })
final class PullSecretCommand implements Callable<Integer> {
  /** The output format of a Secret. */
  enum Form {
    YAML,
    JSON
  }

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..*",
      description = "The images to pull. Default with --capsule: the Capsule's image.")
  private List<String> images = new ArrayList<>();

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      required = true,
      description = "The cluster's name in the configuration.")
  private String cluster = "";

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAME",
      description = "The namespace of the Secret; with --prune, the only namespace to look at.")
  private @Nullable String namespace;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The Secret's name. Default: derived from the Capsule, or from the images.")
  private @Nullable String name;

  @Option(
      names = "--capsule",
      paramLabel = "NAME",
      description = "The Capsule that uses the Secret, through its annotation rig.dev/pull-secret.")
  private @Nullable String capsule;

  @Option(names = "--apply", description = "Write to the cluster.")
  private boolean apply;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description =
          "Print the Secret, credentials included, as yaml or json; do not write to the cluster.")
  private @Nullable Form output;

  @Option(
      names = "--force",
      description =
          "Also for a cluster that is managed from git, and for a Capsule that already has a"
              + " Secret.")
  private boolean force;

  @Option(
      names = "--prune",
      description = "Show the Secrets that are no longer needed; with --apply, remove them.")
  private boolean prune;

  @Mixin private PlatformOption platform = new PlatformOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private final Console console;

  PullSecretCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (prune) {
      return prune();
    }
    if (namespace == null) {
      throw wrong("Missing required option: '--namespace=NAME'");
    }
    if (apply && output != null) {
      throw wrong("--apply writes the Secret and --output prints it: pass only one");
    }
    if (images.isEmpty() && capsule == null) {
      throw wrong("Missing required parameter: 'IMAGE', or --capsule");
    }
    return create();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private int create() {
    var request = new LinkedHashMap<String, Object>();
    request.put("cluster", cluster);
    put(request, "namespace", namespace);
    put(request, "name", name);
    request.put("images", images);
    put(request, "capsule", capsule);
    request.put("force", force);
    request.put("dryRun", !apply);
    var answer = ask("/v1/pull-secrets", request);
    for (var image : answer.texts("unmatched")) {
      note("no entry matches " + image + ": it needs no pull secret");
    }
    if (answer.display("outcome").equals("notNeeded")) {
      return ExitStatus.OK;
    }
    answer.texts("notes").forEach(this::note);
    if (output != null && answer.has("manifest")) {
      print(output, answer.object("manifest"));
    } else if (apply) {
      console
          .out()
          .println(
              "secret %s/%s %s"
                  .formatted(namespace, answer.display("name"), answer.display("outcome")));
    } else {
      show(answer);
    }
    return ExitStatus.OK;
  }

  private void print(Form form, JsonObject manifest) {
    if (console.terminal()) {
      note("the following output contains credentials: keep it out of logs and repositories");
    }
    console
        .out()
        .print(
            form == Form.JSON
                ? JsonWriter.text(JsonForm.INDENTED, manifest) + System.lineSeparator()
                : YamlOutput.print(manifest));
  }

  private void show(JsonObject answer) {
    var table = new TextTable("KEY", "ENTRY", "GOOD UNTIL");
    for (var held : answer.objects("entries")) {
      table.row(
          held.display("key"),
          held.display("prefix"),
          held.has("expiresAt") ? held.display("expiresAt") : "always");
    }
    table.print(console.out());
    note(
        "nothing was written: pass --apply to write secret %s/%s, or --output to print it"
            .formatted(namespace, answer.display("name")));
  }

  private int prune() {
    var request = new LinkedHashMap<String, Object>();
    request.put("cluster", cluster);
    put(request, "namespace", namespace);
    request.put("apply", apply);
    var answer = ask("/v1/pull-secrets/prune", request);
    for (var secret : answer.objects("secrets")) {
      console
          .out()
          .println(
              "secret %s/%s %s: %s"
                  .formatted(
                      secret.display("namespace"),
                      secret.display("name"),
                      answer.isTrue("removed") ? "removed" : "would be removed",
                      secret.display("reason")));
    }
    if (!apply && !answer.objects("secrets").isEmpty()) {
      note("nothing was removed: pass --apply to remove them");
    }
    return ExitStatus.OK;
  }

  private JsonObject ask(String path, Map<String, Object> request) {
    var answer = platform.client(console).post(path, JsonWriter.text(JsonForm.INDENTED, request));
    if (!answer.isOk()) {
      throw new CommandException(ExitStatus.FAILED, answer.problem());
    }
    return answer.body();
  }

  private static void put(Map<String, Object> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  private void note(String text) {
    console.err().println("rig-credentials: " + text);
  }
}
