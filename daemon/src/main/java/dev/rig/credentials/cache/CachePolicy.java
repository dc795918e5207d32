package dev.rig.credentials.cache;

import java.time.Duration;

/**
 * The rules of a cache.
 *
 * <p>A value is kept warm for a number of lifetimes behind the last question for it (a prefetched
 * one: behind its prefetch). A key that has no value because its loads fail is tried again in the
 * background for as many of the longest pauses. Then the next question loads again.
 *
 * @param refreshFrom the part of a value's life, between 0 and 1, from which it is refreshed ahead;
 *     the moment itself is spread over half of what is left then; 1 for never, and nothing is
 *     loaded in the background then
 * @param keptWarmFor for how many lifetimes a value is refreshed ahead though nobody asks for it
 * @param backoff the pauses between loads that fail
 * @param rejectionPause within this time after a rejection a further one is not believed
 * @param maximumKeys how many keys are held; beyond that the one asked for longest ago is dropped
 */
public record CachePolicy(
    double refreshFrom,
    int keptWarmFor,
    Backoff backoff,
    Duration rejectionPause,
    int maximumKeys) {
  /**
   * What the daemon uses: refreshed from 80 % of the life, kept warm for three lifetimes, pauses
   * from 1 s to 2 min.
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
