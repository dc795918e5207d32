package dev.rig.credentials.cli.deploy;

import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.deploy.RolloutOptions.Deployable;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.kube.Rollouts.Release;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deploys the previous image again. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Deploy an earlier image again, if its registry still has it.",
      "\"deploy NAME --history\" lists them."
    },
    exitCodeList = {"0:deployed", "1:the rollback failed; stderr says why"})
public final class RollbackCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "NAME", description = "The Capsule or Deployment.")
  private String name = "";

  @Option(
      names = "--to",
      paramLabel = "DIGEST",
      description =
          "The digest of an earlier image, or its beginning. Default: the previous image.")
  private @Nullable String digest;

  @Mixin private DeployTarget target = new DeployTarget();
  @Mixin private RolloutOptions rollout = new RolloutOptions();
  @Mixin private SocketOption socket = new SocketOption();

  private final Console console;
  private final boolean errTerminal;

  /**
   * Creates the command.
   *
   * @param errTerminal whether standard error is a terminal
   */
  public RollbackCommand(Console console, boolean errTerminal) {
    this.console = console;
    this.errTerminal = errTerminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    var cluster = target.access(console);
    rollout.checkGit(console, target, cluster);
    var release = chosen(rollout.history(console, target, cluster, name));
    var reference = ImageDelivery.reference(target.outside(console, release.image()));
    try (var delivery = target.delivery(console, errTerminal, socket)) {
      delivery.validate(reference);
    }
    rollout.deploy(
        console,
        target,
        cluster,
        name,
        new Deployable(release.image(), release.tag()),
        socket.client(console));
    if (!rollout.isDryRun()) {
      console.out().println(release.image());
    }
    return ExitStatus.OK;
  }

  private Release chosen(List<Release> history) {
    if (history.isEmpty()) {
      throw new CommandException(
          ExitStatus.FAILED, "nothing was deployed to %s with this program".formatted(name));
    }
    var current = history.getFirst().image();
    return history.stream()
        .filter(release -> matches(release, current))
        .findFirst()
        .orElseThrow(() ->
            new CommandException(
                ExitStatus.FAILED,
                digest == null
                    ? "%s had no other image before".formatted(name)
                    : "%s had no image %s: deploy %s --history".formatted(name, digest, name)));
  }

  private boolean matches(Release release, String current) {
    if (digest == null) {
      return !release.image().equals(current);
    }
    var own = release.image().substring(release.image().indexOf('@') + 1);
    return own.startsWith(digest) || own.startsWith("sha256:" + digest);
  }
}
