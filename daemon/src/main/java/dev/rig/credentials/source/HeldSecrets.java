package dev.rig.credentials.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The secrets to redact of every entry, also of those that are not configured any more. */
public final class HeldSecrets {
  private final Map<String, String> environment;
  private final Map<String, KnownSecrets> byPrefix = new ConcurrentHashMap<>();

  /**
   * The secrets of no entry yet.
   *
   * @param environment the daemon's own
   */
  public HeldSecrets(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Those of the entry with that prefix; the same object for as long as the daemon runs. */
  public KnownSecrets of(String prefix) {
    return byPrefix.computeIfAbsent(prefix, first -> new KnownSecrets(environment));
  }

  /**
   * What one registry of an entry held.
   *
   * @param secrets the oldest first, in plain text
   */
  public record OfRegistry(String prefix, String registry, List<String> secrets) {
    /** Without its secrets. */
    @Override
    public String toString() {
      return "OfRegistry[" + registry + "]";
    }
  }

  /**
   * What to keep over a restart: not what stands in the configuration or an environment.
   *
   * @param most the most characters of all secrets together; what is over is left out
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
