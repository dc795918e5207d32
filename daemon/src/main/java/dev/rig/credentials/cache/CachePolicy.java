package dev.rig.credentials.cache;

import dev.rig.credentials.time.Backoff;
import java.time.Duration;

/**
 * The rules of a cache.
 *
 * <p>A value is refreshed for a number of lifetimes after the last request for it (or after its
 * prefetch). A key whose loads fail is retried in the background for the same number of longest
 * pauses. After that the next request loads it.
 *
 * @param refreshFrom the fraction of a value's life, between 0 and 1, after which it is refreshed;
 *     the exact time is spread over half of the rest; 1 for no refresh and no loads in the
 *     background
 * @param keptWarmFor the number of lifetimes for which a value is refreshed without requests
 * @param backoff the pauses between failed loads
 * @param rejectionPause how long after an accepted rejection further rejections are ignored
 * @param maximumKeys the limit of keys; beyond it the least recently requested is dropped
 */
public record CachePolicy(
    double refreshFrom,
    int keptWarmFor,
    Backoff backoff,
    Duration rejectionPause,
    int maximumKeys) {
  /**
   * Returns the daemon's policy: refresh from 80 % of the life, for three lifetimes without
   * requests, pauses from 1 s to 2 min.
   */
  public static CachePolicy standard(int maximumKeys) {
    return new CachePolicy(
        0.8,
        3,
        new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(2)),
        Duration.ofSeconds(10),
        maximumKeys);
  }
}
