package dev.rig.credentials.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The secrets of all entries for redaction, including entries that are no longer configured. */
public final class HeldSecrets {
  private final List<String> ofDaemon;
  private final Map<String, KnownSecrets> byPrefix = new ConcurrentHashMap<>();

  /**
   * Creates the secrets without entries.
   *
   * @param environment the daemon's own
   */
  public HeldSecrets(Map<String, String> environment) {
    ofDaemon = EnvironmentSecrets.ofDaemon(environment);
  }

  /** Returns the secrets of the entry with that prefix; always the same object. */
  public KnownSecrets of(String prefix) {
    return byPrefix.computeIfAbsent(prefix, first -> new KnownSecrets(ofDaemon));
  }

  /**
   * The secrets of one registry of an entry.
   *
   * @param secrets the oldest first, in plain text
   */
  public record OfRegistry(String prefix, String registry, List<String> secrets) {
    /** Omits the secrets. */
    @Override
    public String toString() {
      return "OfRegistry[" + registry + "]";
    }
  }

  /**
   * Returns the secrets to save for a restart, without those in the configuration or an
   * environment.
   *
   * @param most the limit of characters for all secrets together; the rest is left out
   */
  public List<OfRegistry> toKeep(int most) {
    var kept = new ArrayList<OfRegistry>();
    int left = most;
    for (var entry : byPrefix.entrySet()) {
      for (var held : entry.getValue().held().entrySet()) {
        var secrets = held.getValue();
        left -= secrets.stream().mapToInt(String::length).sum();
        if (left < 0) {
          return kept;
        }
        if (!secrets.isEmpty()) {
          kept.add(new OfRegistry(entry.getKey(), held.getKey(), secrets));
        }
      }
    }
    return kept;
  }
}
