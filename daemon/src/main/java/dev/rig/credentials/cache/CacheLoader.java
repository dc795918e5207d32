package dev.rig.credentials.cache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Loads the values of a cache. */
@FunctionalInterface
public interface CacheLoader<K, V> {
  /**
   * Starts to load a value; does not block. An exception, thrown or in the future, is a failure;
   * its message is shown to people.
   */
  CompletableFuture<V> load(K key);

  /**
   * Returns the longest duration of a load. After it the load has failed and is cancelled, even if
   * its worker still runs.
   */
  default Duration patience(K key) {
    return Duration.ofMinutes(1);
  }

  /**
   * Returns whether a failure is caused by a shortage on this machine: it does not predict the next
   * attempt, which is made as early as after a first failure.
   */
  default boolean isShortage(Throwable failure) {
    return false;
  }
}
