package dev.rig.credentials.app;

import dev.rig.credentials.config.ClusterSettings;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.kube.ClusterAccessSource;
import dev.rig.credentials.kube.secret.PullSecrets;
import dev.rig.credentials.problem.ComponentHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Determines which components a configuration would make unhealthy in a daemon with the same
 * environment: settings that are well formed but cannot work.
 */
public final class ConfigurationHealth {
  private ConfigurationHealth() {}

  /**
   * Returns the unhealthy components; empty if all are healthy. Reads files and opens no
   * connection.
   */
  public static List<ComponentHealth> unhealthy(
      Configuration configuration, Map<String, String> environment) {
    var found = new ArrayList<ComponentHealth>();
    var registries =
        RegistrySettingsFactory.settings(configuration.daemon(), environment).problems();
    if (!registries.isEmpty()) {
      found.add(new ComponentHealth(LazyRegistryClient.PART, false, registries, Map.of()));
    }
    configuration
        .clusters()
        .forEach((name, settings) -> {
          if (settings.wantsPullSecrets()
              || (settings.url() != null && settings.type() != ClusterSettings.Type.DOCKER)) {
            ClusterAccessSource.problem(ClusterPullSecrets.cluster(name, settings), environment)
                .ifPresent(problem ->
                    found.add(
                        new ComponentHealth(
                            PullSecrets.part(name), false, List.of(problem), Map.of())));
          }
        });
    return List.copyOf(found);
  }

  /**
   * Returns what lets another user replace the state folder of a daemon with this configuration, as
   * the daemon would log it; empty if absent.
   *
   * @param root whether this process runs as root
   */
  public static Optional<String> stateFolder(
      Configuration configuration, Map<String, String> environment, boolean root) {
    var settings =
        EffectiveSettings.resolve(configuration.daemon(), DaemonSettings.UNSET, environment, root);
    return StateFiles.replaceable(settings.stateDir(), environment);
  }
}
