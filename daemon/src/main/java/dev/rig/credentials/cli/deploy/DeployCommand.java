package dev.rig.credentials.cli.deploy;

import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.deploy.PickerChoices.Choice;
import dev.rig.credentials.cli.deploy.RolloutOptions.Deployable;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.dev.DevException;
import dev.rig.credentials.dev.DevHost;
import dev.rig.credentials.dev.EngineClient;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.ResolvedImage;
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
      "Deploy an image to a Capsule of the cluster.",
      "On a terminal it asks what to deploy. An image in its registry is deployed from there; an"
          + " image that only the Docker Engine has is pushed to the development registry first."
          + " Stdout has the image's reference, with its digest and with the cluster's name of the"
          + " development registry."
    },
    exitCodeList = {
      "0:deployed",
      "1:the deployment failed; stderr says why",
      "2:the command line is invalid, or there is no terminal to ask on",
      "4:it was not ready in time (--timeout), and the previous release was restored",
      "130:nothing was chosen"
    })
public final class DeployCommand implements Callable<Integer> {
  private static final int CANCELLED = 130;
  private static final List<String> HEADS = List.of("Image name", "Age");

  @Parameters(index = "0", paramLabel = "NAME", description = "The Capsule or Deployment.")
  private String name = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "IMAGE", description = "The image.")
  private @Nullable String positional;

  @Option(
      names = {"-i", "--image"},
      paramLabel = "IMAGE",
      description = "The same as the argument IMAGE.")
  private @Nullable String option;

  @Option(
      names = {"-y", "--yes"},
      arity = "0",
      description = "Do not ask for confirmation.")
  private boolean yes;

  @Option(
      names = "--local",
      arity = "0",
      description = "Push the engine's image, even if its registry has one.")
  private boolean local;

  @Option(
      names = "--remote",
      arity = "0",
      description = "Use the image in its registry, even if the engine has one.")
  private boolean remote;

  @Option(
      names = "--push-only",
      arity = "0",
      description = "Deploy to no cluster: push the image if needed, and print its reference.")
  private boolean pushOnly;

  /** Options of the Rig CLI; a deployment that bypasses the platform has neither. */
  @Option(
      names = {"-P", "--project", "-E", "--environment"},
      hidden = true)
  private @Nullable String scope;

  @Option(
      names = "--skip-image-check",
      arity = "0",
      description =
          "Use an image that is not pushed exactly as named, and do not check its registry.")
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
   * Creates the command.
   *
   * @param interactive whether standard input and output are a terminal
   * @param errTerminal whether standard error is one
   */
  public DeployCommand(Console console, boolean interactive, boolean errTerminal) {
    this.console = console;
    this.interactive = interactive;
    this.errTerminal = errTerminal;
  }

  /** Where the image comes from. */
  private enum ImagePlace {
    ENGINE,
    REGISTRY,
    /** The registry first, then the engine. */
    EITHER
  }

  /** What the user decided. */
  private record Decision(String image, ImagePlace place) {}

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
      throw new CommandException(ExitStatus.USAGE, "name the image only once");
    }
    if (scope != null) {
      throw new CommandException(
          ExitStatus.USAGE,
          "--project and --environment belong to the platform: name the cluster with --cluster and"
              + " the namespace with --namespace");
    }
    if (local && remote) {
      throw new CommandException(ExitStatus.USAGE, "--local and --remote cannot be used together");
    }
    boolean asking = interactive && !yes;
    if (!asking && (image == null || !yes)) {
      throw new CommandException(ExitStatus.USAGE, "not a terminal: pass --image IMAGE and --yes");
    }
    var cluster = pushOnly ? null : cluster();
    if (cluster != null) {
      rollout.checkGit(console, target, cluster);
    }
    try (var delivery = target.delivery(console, errTerminal, socket)) {
      var deployed = deliver(delivery, image);
      if (cluster != null) {
        rollout.deploy(console, target, cluster, name, deployed, socket.client(console));
      }
      if (cluster == null || !rollout.isDryRun()) {
        console.out().println(deployed.reference());
      }
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

  private String cluster() {
    return target
        .reachable(console)
        .orElseThrow(() ->
            new CommandException(
                ExitStatus.FAILED,
                "there is no cluster to deploy to: give one of rig.clusters a url, or pass"
                    + " --push-only to print the reference alone"));
  }

  private Deployable deliver(ImageDelivery delivery, @Nullable String image)
      throws InterruptedException {
    var engine = EngineClient.find(console.environment()).orElse(null);
    try (engine) {
      var decision = decide(engine, delivery, image);
      if (decision.place() == ImagePlace.ENGINE) {
        return push(engine, delivery, decision.image());
      }
      var reference = ImageDelivery.reference(decision.image());
      if (skipCheck) {
        return new Deployable(decision.image(), reference.tag());
      }
      return switch (delivery.resolve(reference)) {
        case ResolvedImage resolved ->
            new Deployable(
                isDev(reference) ? target.devHost(console).pinned(resolved) : resolved.pinned(),
                resolved.tag());
        case RegistryFailure failure -> {
          if (decision.place() == ImagePlace.REGISTRY || !mayBeInEngineAlone(failure)) {
            throw new CommandException(ExitStatus.FAILED, failure.message());
          }
          if (engine == null || !engine.has(decision.image())) {
            throw new CommandException(
                ExitStatus.FAILED, failure.message() + "; " + missing(engine));
          }
          console.err().println(failure.message() + "; the engine has it");
          yield push(engine, delivery, decision.image());
        }
      };
    }
  }

  /**
   * Returns whether the image may exist only in the engine, because the registry does not show it
   * to us.
   */
  private static boolean mayBeInEngineAlone(RegistryFailure failure) {
    return switch (failure) {
      case RegistryFailure.NoSuchTag _,
          RegistryFailure.NoSuchRepository _,
          RegistryFailure.Unauthorised _,
          RegistryFailure.Unreachable _ ->
          true;
      case RegistryFailure.NoCredential _,
          RegistryFailure.RateLimited _,
          RegistryFailure.Refused _,
          RegistryFailure.BadAnswer _ ->
          false;
    };
  }

  private String missing(@Nullable EngineClient engine) {
    if (engine != null) {
      return "the engine at %s does not have it either".formatted(engine.host());
    }
    var host = console.variable("DOCKER_HOST");
    return host == null
        ? "no Docker Engine answers"
        : "the Docker Engine at %s (DOCKER_HOST) does not answer".formatted(host);
  }

  private Deployable push(@Nullable EngineClient engine, ImageDelivery delivery, String image)
      throws InterruptedException {
    if (engine == null || !engine.has(image)) {
      throw new CommandException(ExitStatus.FAILED, image + ": " + missing(engine));
    }
    var host = target.devHost(console);
    if (rollout.isDryRun()) {
      var there = ImageDelivery.named(image, host);
      console.out().println("would push %s as %s".formatted(image, there));
      return new Deployable(
          host.clusterHost() + there.toString().substring(host.host().length()), there.tag());
    }
    var pushed = delivery.push(engine, image, host);
    return new Deployable(host.pinned(delivery.validate(pushed)), pushed.tag());
  }

  /**
   * Returns whether the deployment needs the development registry; an image of a public registry
   * does not.
   */
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
      if (local || remote || yes || engine == null || !engine.has(image)) {
        var place = remote ? ImagePlace.REGISTRY : ImagePlace.EITHER;
        return new Decision(image, local ? ImagePlace.ENGINE : place);
      }
      try (var picker = new Picker()) {
        boolean ours = isYes(picker, "Use a local image?");
        return new Decision(image, ours ? ImagePlace.ENGINE : ImagePlace.REGISTRY);
      }
    }
    try (var picker = new Picker()) {
      var kind =
          picker
              .ask("Deploy from docker image or existing rig build?", "Image", "Build")
              .orElseThrow(NothingChosen::new);
      if (kind.equals("Build")) {
        return new Decision(build(picker, delivery), ImagePlace.REGISTRY);
      }
      if (!remote && engine != null && isYes(picker, "Use a local image?")) {
        return new Decision(local(picker, engine, pushed()), ImagePlace.ENGINE);
      }
      return new Decision(
          picker.read("Image:").orElseThrow(NothingChosen::new), ImagePlace.REGISTRY);
    }
  }

  private static boolean isYes(Picker picker, String question) {
    return picker.ask(question, "Yes", "No").orElseThrow(NothingChosen::new).equals("Yes");
  }

  /**
   * Returns the prefix of images that a push has tagged; empty if there is no registry to push to.
   */
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

  /** Lists the images of the development registry: those of known repositories and of NAME. */
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
