package dev.rig.credentials.provider;

import dev.rig.credentials.credential.ProviderKind;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A registry entry with a provider, as configured.
 *
 * @param prefix for people
 * @param options by name; validated
 * @param timeout the longest duration of one request for a credential
 * @param expire the longest life of a credential
 */
public record ProviderEntry(
    String prefix,
    ProviderKind kind,
    Map<String, String> options,
    Duration timeout,
    Duration expire) {
  public ProviderEntry {
    options = Map.copyOf(options);
  }

  /** Returns the value of an option; null if it is not set. */
  @Nullable String option(String name) {
    return options.get(name);
  }

  /** Returns the value of an option that the configuration requires. */
  String required(String name) {
    var value = options.get(name);
    if (value == null) {
      throw new IllegalStateException("the option " + name + " is missing although it is required");
    }
    return value;
  }
}
