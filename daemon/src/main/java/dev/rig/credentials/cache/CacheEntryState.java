package dev.rig.credentials.cache;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the cache knows of one key, for people.
 *
 * @param value what would be answered now; null for nothing
 * @param last the last value that there was, also one that has ended or was rejected; null if there
 *     never was one
 * @param loading whether a load is under way
 * @param hits how often a value was answered from memory
 * @param loads how many loads have ended, well or not
 * @param lastLoad when the last load began; null before the first
 * @param lastLoadTook how long the last ended load took; null before the first ended
 * @param failure the last failure, if no load has succeeded since; null for none
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
   * Loads that fail.
   *
   * @param reason of the last one
   * @param count how many have failed in a row
   * @param nextAttempt when the next load may begin
   * @param cause what the loader failed with; null if it gave a value that had expired
   */
  public record LoadFailure(
      String reason, int count, Instant nextAttempt, @Nullable Throwable cause) {}
}
