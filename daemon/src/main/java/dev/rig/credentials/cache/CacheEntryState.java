package dev.rig.credentials.cache;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of one key, shown to people.
 *
 * @param value the current value; null if absent
 * @param last the last value, also one that has expired or was rejected; null if there never was
 *     one
 * @param loading whether a load is under way
 * @param hits how many requests were answered from memory
 * @param loads how many loads have ended, whether or not they succeeded
 * @param lastLoad when the last load started; null before the first
 * @param lastLoadTook how long the last ended load took; null before the first ended
 * @param failure the last failure; null if there was none, or a load has succeeded since
 */
public record CacheEntryState<V>(
    @Nullable V value,
    @Nullable V last,
    boolean loading,
    long hits,
    long loads,
    @Nullable Instant lastLoad,
    @Nullable Duration lastLoadTook,
    @Nullable LoadFailure failure) {
  /**
   * Successive failed loads.
   *
   * @param reason the reason of the last one
   * @param count how many have failed in a row
   * @param nextAttempt when the next load may start
   * @param cause the loader's exception; null if it returned an expired value
   */
  public record LoadFailure(
      String reason, int count, Instant nextAttempt, @Nullable Throwable cause) {}
}
