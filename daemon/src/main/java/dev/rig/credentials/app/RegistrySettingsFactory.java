package dev.rig.credentials.app;

import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.RegistryClientSettings;
import dev.rig.credentials.registry.client.RegistrySettings;
import java.util.Map;
import java.util.Objects;

/** Creates the registry client's settings from the configuration and the environment. */
public final class RegistrySettingsFactory {
  private RegistrySettingsFactory() {}

  /** Returns the client's settings. */
  public static RegistrySettings settings(
      DaemonSettings configured, Map<String, String> environment) {
    var client =
        Objects.requireNonNullElse(
            configured.get(DaemonSettings.REGISTRY_CLIENT), RegistryClientSettings.UNSET);
    return RegistrySettings.of(client.insecure(), client.caFiles(), client.realms(), environment);
  }
}
