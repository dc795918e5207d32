package dev.rig.credentials.cache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Loads the values of a cache. */
@FunctionalInterface
public interface CacheLoader<K, V> {
  /**
   * Begins to load a value; does not block. What it throws or completes with is a failure whose
   * message is shown to people.
   */
  CompletableFuture<V> load(K key);

  /**
   * How long a load may take; then it has failed and is cancelled, whatever became of its worker.
   */
  default Duration patience(K key) {
    return Duration.ofMinutes(1);
  }
}
