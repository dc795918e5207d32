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

  /**
   * Whether a failure comes of a shortage on this machine, and not of what is asked: it says
   * nothing of the next attempt, which is made as soon as after a first failure.
   */
  default boolean isShortage(Throwable failure) {
    return false;
  }
}
