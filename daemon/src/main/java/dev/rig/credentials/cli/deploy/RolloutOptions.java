package dev.rig.credentials.cli.deploy;

import dev.rig.credentials.app.ClusterRollouts;
import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.kube.Rollouts;
import dev.rig.credentials.kube.Rollouts.Release;
import dev.rig.credentials.kube.Rollouts.WorkloadKind;
import dev.rig.credentials.time.SystemScheduler;
import dev.rig.credentials.time.Time;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What in a cluster runs the image. */
final class RolloutOptions {
  private static final Duration POLL = Duration.ofMillis(500);

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "Its namespace in the cluster; default when unset.")
  private String namespace = "default";

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Capsule (rig.dev/v1alpha2) or Deployment; Capsule when unset.")
  private WorkloadKind kind = WorkloadKind.CAPSULE;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "Wait so long until all its pods run the image; 0 when unset.")
  private int wait;

  private interface RolloutTask<T> {
    T run(Rollouts rollouts, Time time) throws InterruptedException;
  }

  /** What was deployed, the newest first. */
  List<Release> history(Console console, DeployTarget target, String cluster, String name)
      throws InterruptedException {
    return with(
        console, target, cluster, (rollouts, time) -> rollouts.history(kind, namespace, name));
  }

  /**
   * Has it run the image, and waits where that is wanted.
   *
   * @throws CommandException when it cannot, or does not in time
   */
  void deploy(
      Console console,
      DeployTarget target,
      String cluster,
      String name,
      String image,
      @Nullable String tag)
      throws InterruptedException {
    var complete =
        with(
            console,
            target,
            cluster,
            (rollouts, time) -> {
              rollouts.deploy(kind, namespace, name, image, tag);
              return wait <= 0 || awaited(console, rollouts, time, name, image);
            });
    if (!complete) {
      throw new CommandException(
          ExitStatus.FAILED,
          "%s has the image, and was not ready within %d s".formatted(name, wait));
    }
  }

  private boolean awaited(
      Console console, Rollouts rollouts, Time time, String name, String image) {
    long from = time.nanos();
    var told = "";
    while (true) {
      var readiness = rollouts.readiness(namespace, name, image).orElse(null);
      var line =
          readiness == null
              ? name + ": there is no Deployment yet"
              : "%s: %d of %d ready".formatted(name, readiness.ready(), readiness.wanted());
      if (!line.equals(told)) {
        console.err().println(line);
        told = line;
      }
      if (readiness != null && readiness.complete()) {
        return true;
      }
      if (time.nanos() - from > Duration.ofSeconds(wait).toNanos()) {
        return false;
      }
      var over = new CompletableFuture<Void>();
      time.scheduler().schedule(POLL, () -> over.complete(null));
      over.join();
    }
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
