package dev.rig.credentials.app;

import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.RegistryClientSettings;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.problem.ProblemsException;
import dev.rig.credentials.registry.client.RegistrySettings;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the registry client is told of the configuration and the environment. */
public final class RegistrySettingsFactory {
  private RegistrySettingsFactory() {}

  /**
   * The client's settings.
   *
   * @throws ProblemsException when the environment names a proxy that is none
   */
  public static RegistrySettings settings(
      DaemonSettings configured, Map<String, String> environment) {
    var client =
        Objects.requireNonNullElse(
            configured.get(DaemonSettings.REGISTRY_CLIENT), RegistryClientSettings.UNSET);
    try {
      return RegistrySettings.of(client.insecure(), client.caFiles(), client.realms(), environment);
    } catch (IllegalArgumentException e) {
      throw new ProblemsException(
          List.of(
              new Problem(
                  "environment",
                  0,
                  0,
                  Objects.requireNonNullElse(e.getMessage(), "a proxy is none"),
                  "write it like http://proxy.example:3128")));
    }
  }
}
