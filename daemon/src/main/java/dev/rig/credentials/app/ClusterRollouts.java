package dev.rig.credentials.app;

import dev.rig.credentials.config.ClusterSettings;
import dev.rig.credentials.files.PrivateFolder;
import dev.rig.credentials.kube.Rollouts;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.source.process.Shell;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/** Deployments to a configured cluster, for a process that is not a daemon. */
public final class ClusterRollouts implements AutoCloseable {
  private final ProcessRunner runner;
  private final Rollouts rollouts;

  /**
   * Creates the deployments of one cluster.
   *
   * @param name its key in the configuration
   * @param privateFolder the folder for its script while it runs
   * @param shell runs the script
   * @throws UncheckedIOException if the folder cannot be used
   */
  public ClusterRollouts(
      String name,
      ClusterSettings settings,
      Path privateFolder,
      Shell shell,
      Map<String, String> environment,
      Time time) {
    try {
      PrivateFolder.prepare(privateFolder.resolveSibling(""));
      runner = ProcessRunner.open(privateFolder, ScriptEnvironment.of(environment), shell, time);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rollouts =
        new Rollouts(
            ClusterPullSecrets.cluster(name, settings),
            new ClusterScriptRunner(runner),
            environment,
            time);
  }

  public Rollouts rollouts() {
    return rollouts;
  }

  @Override
  public void close() {
    rollouts.close();
    runner.close();
  }
}
