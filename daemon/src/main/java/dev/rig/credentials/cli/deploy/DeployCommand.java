package dev.rig.credentials.cli.deploy;

import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.deploy.PickerChoices.Choice;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.dev.DevException;
import dev.rig.credentials.dev.DevHost;
import dev.rig.credentials.dev.EngineClient;
import dev.rig.credentials.image.ImageReference;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deploys an image. */
@Command(
    name = "deploy",
    mixinStandardHelpOptions = true,
    description = {
      "Push an image to the development registry, and have a Capsule of the cluster run it.",
      "On a terminal it asks what to deploy. An image that the Docker Engine has is pushed; any"
          + " other is looked for in its registry. The reference on stdout names the image by its"
          + " digest, and the development registry as the cluster calls it. Without a cluster that"
          + " has a url nothing more is done."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:deployed",
      "1:it could not be, and stderr tells why",
      "2:the command line is invalid, or there is no terminal to ask on",
      "130:nothing was chosen"
    })
public final class DeployCommand implements Callable<Integer> {
  private static final int CANCELLED = 130;
  private static final List<String> HEADS = List.of("Image name", "Age");

  @Parameters(index = "0", paramLabel = "NAME", description = "What it is deployed to.")
  private String name = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "IMAGE", description = "The image.")
  private @Nullable String positional;

  @Option(names = "--image", paramLabel = "IMAGE", description = "The image, too.")
  private @Nullable String option;

  @Option(
      names = {"-y", "--yes"},
      arity = "0",
      description = "Ask nothing: an image that the engine has is pushed.")
  private boolean yes;

  @Option(
      names = "--skip-image-check",
      arity = "0",
      description = "Take an image that is not pushed as it is named, and ask no registry.")
  private boolean skipCheck;

  @Option(
      names = "--history",
      arity = "0",
      description = "Print what was deployed, the newest first, and deploy nothing.")
  private boolean history;

  @Mixin private DeployTarget target = new DeployTarget();
  @Mixin private RolloutOptions rollout = new RolloutOptions();
  @Mixin private SocketOption socket = new SocketOption();

  private final Console console;
  private final boolean interactive;
  private final boolean errTerminal;
  private final InstantSource clock = InstantSource.system();

  /**
   * The command.
   *
   * @param interactive whether standard input and output are a terminal
   * @param errTerminal whether standard error is one
   */
  public DeployCommand(Console console, boolean interactive, boolean errTerminal) {
    this.console = console;
    this.interactive = interactive;
    this.errTerminal = errTerminal;
  }

  /**
   * What was decided.
   *
   * @param local whether the engine's image is pushed
   */
  private record Decision(String image, boolean local) {}

  private static final class NothingChosen extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (history) {
      return history();
    }
    var image = positional != null ? positional : option;
    if (positional != null && option != null) {
      throw new CommandException(ExitStatus.USAGE, "name the image once");
    }
    boolean asking = interactive && !yes;
    if (!asking && (image == null || !yes)) {
      throw new CommandException(ExitStatus.USAGE, "not a terminal: pass --image IMAGE and --yes");
    }
    try (var delivery = target.delivery(console, errTerminal, socket)) {
      var deployed = deploy(delivery, image);
      var cluster = target.reachable(console).orElse(null);
      if (cluster != null) {
        rollout.deploy(console, target, cluster, name, deployed.image(), deployed.tag());
      }
      console.out().println(deployed.image());
      return ExitStatus.OK;
    } catch (DevException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    } catch (NothingChosen e) {
      console.err().println("rig-credentials: nothing was chosen");
      return CANCELLED;
    }
  }

  private int history() throws InterruptedException {
    var table = new TextTable("AGE", "TAG", "IMAGE");
    for (var release : rollout.history(console, target, target.access(console), name)) {
      var tag = release.tag();
      table.row(age(release.at()), tag == null ? "-" : tag, release.image());
    }
    table.print(console.out());
    return ExitStatus.OK;
  }

  /**
   * What is pulled.
   *
   * @param tag what it was called; null for nothing
   */
  private record Deployed(String image, @Nullable String tag) {}

  private Deployed deploy(ImageDelivery delivery, @Nullable String image)
      throws InterruptedException {
    var engine = EngineClient.find(console.environment()).orElse(null);
    try (engine) {
      var decision = decide(engine, delivery, image);
      if (decision.local() && engine != null) {
        var host = target.devHost(console);
        var pushed = delivery.push(engine, decision.image(), host);
        return new Deployed(host.pinned(delivery.validate(pushed)), pushed.tag());
      }
      var reference = ImageDelivery.reference(decision.image());
      if (skipCheck) {
        return new Deployed(decision.image(), reference.tag());
      }
      var resolved = delivery.validate(reference);
      return new Deployed(
          isDev(reference) ? target.devHost(console).pinned(resolved) : resolved.pinned(),
          resolved.tag());
    }
  }

  /** A remote image of a public registry needs no development registry. */
  private boolean isDev(ImageReference image) throws InterruptedException {
    try {
      return target.devHost(console).holds(image);
    } catch (CommandException none) {
      return false;
    }
  }

  private Decision decide(
      @Nullable EngineClient engine, ImageDelivery delivery, @Nullable String image)
      throws InterruptedException {
    if (image != null) {
      boolean has = engine != null && engine.has(image);
      if (!has || yes) {
        return new Decision(image, has);
      }
      try (var picker = new Picker()) {
        return new Decision(image, isYes(picker, "Use a local image?"));
      }
    }
    try (var picker = new Picker()) {
      var kind =
          picker
              .ask("Deploy from docker image or existing rig build?", "Image", "Build")
              .orElseThrow(NothingChosen::new);
      if (kind.equals("Build")) {
        return new Decision(build(picker, delivery), false);
      }
      if (engine != null && isYes(picker, "Use a local image?")) {
        return new Decision(local(picker, engine, pushed()), true);
      }
      return new Decision(picker.read("Image:").orElseThrow(NothingChosen::new), false);
    }
  }

  private static boolean isYes(Picker picker, String question) {
    return picker.ask(question, "Yes", "No").orElseThrow(NothingChosen::new).equals("Yes");
  }

  /** How the images begin that a push has tagged; empty where there is no registry to push to. */
  private String pushed() throws InterruptedException {
    try {
      return target.devHost(console).host() + "/";
    } catch (CommandException none) {
      return "";
    }
  }

  private String local(Picker picker, EngineClient engine, String pushed) {
    var rows = new ArrayList<Choice>();
    for (var image : engine.images()) {
      if (pushed.isEmpty() || !image.name().startsWith(pushed)) {
        rows.add(new Choice(image.name(), age(image.since())));
      }
    }
    if (rows.isEmpty()) {
      throw new CommandException(
          ExitStatus.FAILED, "the engine at %s has no image with a tag".formatted(engine.host()));
    }
    return picker.pick("Select image:", HEADS, rows).orElseThrow(NothingChosen::new);
  }

  /** The images of the development registry: of the repositories that are known, and of NAME. */
  private String build(Picker picker, ImageDelivery delivery) throws InterruptedException {
    DevHost host = target.devHost(console);
    var repositories =
        new LinkedHashSet<String>(target.state().with(console, dev -> dev.repositories()));
    repositories.add(name);
    var rows = new ArrayList<Choice>();
    for (var repository : repositories) {
      var reference = ImageDelivery.reference(host.host() + "/" + repository);
      for (var tag : delivery.tags(reference).tags()) {
        var created = tag.createdAt();
        rows.add(
            new Choice(reference.name() + ":" + tag.name(), created == null ? "-" : age(created)));
      }
    }
    if (rows.isEmpty()) {
      throw new CommandException(ExitStatus.FAILED, "there is no image at " + host.host());
    }
    return picker.pick("Select build:", HEADS, rows).orElseThrow(NothingChosen::new);
  }

  private String age(Instant since) {
    return Durations.text(Duration.between(since, clock.instant()));
  }
}
