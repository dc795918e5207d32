package dev.rig.credentials.cli.deploy;

import dev.rig.credentials.app.ClusterRollouts;
import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.GoDuration;
import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.kube.Rollouts;
import dev.rig.credentials.kube.Rollouts.Release;
import dev.rig.credentials.kube.Rollouts.WorkloadKind;
import dev.rig.credentials.time.SystemScheduler;
import dev.rig.credentials.time.Time;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select the workload that runs the image. */
final class RolloutOptions {
  /**
   * The image to deploy.
   *
   * @param reference with its digest
   * @param tag its tag; null if absent
   */
  record Deployable(String reference, @Nullable String tag) {}

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "Its namespace in the cluster. Default: default.")
  private String namespace = "default";

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Capsule (rig.dev/v1alpha2) or Deployment. Default: Capsule.")
  private WorkloadKind kind = WorkloadKind.CAPSULE;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "Wait up to this time until all pods run the image. Default: 0.")
  private int wait;

  @Option(
      names = {"-t", "--timeout"},
      paramLabel = "DURATION",
      description = {
        "Wait up to this duration, for example 5m, until all pods run the image. If they do not,"
            + " deploy the previous release again and exit with status 4."
      })
  private @Nullable String timeout;

  @Option(
      names = "--no-rollback",
      arity = "0",
      description = "Do not deploy the previous release again after --timeout.")
  private boolean noRollback;

  @Option(
      names = {"-d", "--dry", "--dry-run"},
      arity = "0",
      description = "Print what would change, and change nothing.")
  private boolean dryRun;

  @Option(
      names = "--force",
      arity = "0",
      description = "Also in a cluster that is managed from git.")
  private boolean force;

  private interface RolloutTask<T> {
    T run(Rollouts rollouts, Time time) throws InterruptedException;
  }

  /** Returns the deployed images, the newest first. */
  List<Release> history(Console console, DeployTarget target, String cluster, String name)
      throws InterruptedException {
    return with(
        console, target, cluster, (rollouts, time) -> rollouts.history(kind, namespace, name));
  }

  /**
   * Refuses to change a cluster that is managed from git.
   *
   * @throws CommandException unless forced
   */
  void checkGit(Console console, DeployTarget target, String cluster) {
    var settings = target.configuration(console).clusters().get(cluster);
    var git = settings == null ? null : settings.git();
    if (!force && git != null && git.url() != null) {
      throw new CommandException(
          ExitStatus.FAILED,
          "cluster %s is managed from git (git.url), which would revert this: change the image there, or pass --force"
              .formatted(cluster));
    }
  }

  /**
   * Changes the workload's image, and waits if requested.
   *
   * @throws CommandException if it fails, or does not finish in time
   */
  void deploy(
      Console console,
      DeployTarget target,
      String cluster,
      String name,
      Deployable image,
      DaemonClient daemon)
      throws InterruptedException {
    checkGit(console, target, cluster);
    boolean complete =
        with(
            console,
            target,
            cluster,
            (rollouts, time) -> {
              var before = rollouts.image(kind, namespace, name).orElse(null);
              if (dryRun) {
                tellOfChange(console, cluster, name, before, image.reference());
                return true;
              }
              rollouts.deploy(kind, namespace, name, image.reference(), image.tag());
              var limit = limit();
              var rollout = new RolloutWatch(console, rollouts, daemon, namespace, name);
              if (limit.isZero() || rollout.awaits(image.reference(), limit, time)) {
                return true;
              }
              if (timeout != null && !noRollback) {
                goBack(rollouts, name, image.reference(), before);
              }
              return false;
            });
    if (!complete) {
      throw new CommandException(
          ExitStatus.FAILED,
          "%s has the image, but was not ready within %d s".formatted(name, limit().toSeconds()));
    }
  }

  boolean isDryRun() {
    return dryRun;
  }

  private Duration limit() {
    try {
      return timeout == null ? Duration.ofSeconds(wait) : GoDuration.parse(timeout);
    } catch (InvalidSettingException e) {
      throw new CommandException(ExitStatus.USAGE, "--timeout: " + e.reason());
    }
  }

  private void tellOfChange(
      Console console, String cluster, String name, @Nullable String before, String after) {
    var out = console.out();
    out.printf(
        "cluster %s, %s %s/%s%n", cluster, kind.name().toLowerCase(Locale.ROOT), namespace, name);
    if (after.equals(before)) {
      out.println("  image: " + after + " (no change)");
      return;
    }
    out.println("- image: " + (before == null ? "none" : before));
    out.println("+ image: " + after);
  }

  private void goBack(Rollouts rollouts, String name, String image, @Nullable String before) {
    if (before == null || before.equals(image)) {
      return;
    }
    var late = "%s was not ready within %d s; ".formatted(name, limit().toSeconds());
    try {
      var tag =
          rollouts.history(kind, namespace, name).stream()
              .filter(release -> release.image().equals(before))
              .findFirst()
              .map(Release::tag)
              .orElse(null);
      rollouts.deploy(kind, namespace, name, before, tag);
    } catch (Rollouts.RolloutRefusedException e) {
      throw new CommandException(
          ExitStatus.FAILED,
          late + "the previous release, " + before + ", was not restored: " + e.getMessage());
    }
    throw new CommandException(
        ExitStatus.ROLLED_BACK, late + "the previous release was restored: " + before);
  }

  private <T> T with(Console console, DeployTarget target, String cluster, RolloutTask<T> task)
      throws InterruptedException {
    var settings = target.configuration(console).clusters().get(cluster);
    if (settings == null) {
      throw new CommandException(ExitStatus.USAGE, "there is no cluster " + cluster);
    }
    try (var scheduler = new SystemScheduler();
        var access =
            new ClusterRollouts(
                cluster,
                settings,
                target.state().folder(console).resolve("scripts"),
                ConfigOptions.shell(target.configuration(console).daemon(), console),
                console.environment(),
                scheduler.time())) {
      return task.run(access.rollouts(), scheduler.time());
    } catch (Rollouts.RolloutRefusedException e) {
      throw new CommandException(ExitStatus.FAILED, cluster + ": " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    }
  }
}
