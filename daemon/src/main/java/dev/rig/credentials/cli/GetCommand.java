package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.OutputFormat;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.wire.Action;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the credential of an image. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description = {
      "Print the credential of an image, as docker-credential-rig would.",
      "On a terminal the secret is hidden unless you pass --show-secret."
    },
    exitCodeList = {"0:printed", "1:no credential; stderr says why"})
final class GetCommand implements Callable<Integer> {
  private static final String HIDDEN = "[hidden]";

  @Parameters(paramLabel = "IMAGE", description = "An image, a repository or a registry.")
  private String image = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "table, json, or docker as the helper prints it. Default: docker.")
  private OutputFormat output = OutputFormat.DOCKER;

  @Option(names = "--show-secret", description = "Print the secret even on a terminal.")
  private boolean showSecret;

  @Mixin private SocketOption socket = new SocketOption();

  private final Console console;

  GetCommand(Console console) {
    this.console = console;
  }

  /** Returns the key; a name that the helper protocol would read differently is written in full. */
  private String key() {
    ImageReference reference;
    try {
      reference = ImageReference.ofImage(image);
    } catch (InvalidReferenceException e) {
      throw new CommandException(
          ExitStatus.FAILED, "not an image or a registry: " + e.getMessage());
    }
    try {
      boolean plain = reference.tag() == null && reference.digest() == null;
      return plain && ImageReference.ofKey(image).equals(reference) ? image : reference.name();
    } catch (InvalidReferenceException noKey) {
      return reference.name();
    }
  }

  @Override
  public Integer call() {
    var client = socket.client(console);
    var docker = client.askFor(Action.GET, key());
    boolean hide = console.terminal() && !showSecret;
    if (output == OutputFormat.DOCKER && !hide) {
      console.out().print(docker);
      return ExitStatus.OK;
    }
    var credential = DaemonClient.parse(docker.getBytes(StandardCharsets.UTF_8));
    var secret = hide ? HIDDEN : credential.display("Secret");
    var answering = client.askForJson(Action.EXPLAIN, image).object("answering");
    var expires = answering.display("expiresAt");
    var prefix = answering.display("prefix");
    switch (output) {
      case DOCKER -> {
        var json = new LinkedHashMap<>(credential.fields());
        json.put("Secret", secret);
        console.out().println(JsonWriter.text(JsonForm.INDENTED, json));
      }
      case JSON ->
          console
              .out()
              .println(
                  JsonWriter.text(
                      JsonForm.INDENTED,
                      json ->
                          json.put("image", image)
                              .put("prefix", prefix)
                              .put("username", credential.display("Username"))
                              .put("password", secret)
                              .put("expiresAt", answering.text("expiresAt"))));
      case TABLE -> {
        var table = new TextTable("IMAGE", "PREFIX", "USERNAME", "SECRET", "EXPIRES");
        table.row(
            image,
            prefix,
            credential.display("Username"),
            secret,
            expires.equals("-") ? "never" : expires);
        table.print(console.out());
      }
    }
    if (hide) {
      console.err().println("The secret is hidden on a terminal; pass --show-secret to print it.");
    }
    return ExitStatus.OK;
  }
}
