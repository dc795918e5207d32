package dev.rig.credentials.time;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Growing, jittered pauses between failed attempts.
 *
 * @param first the pause after the first failure
 * @param longest the maximum of the pauses, which double each time
 */
public record Backoff(Duration first, Duration longest) {
  private static final int MOST_DOUBLINGS = 20;

  /**
   * Returns the pause after that number of successive failures: between half of the full pause and
   * all of it.
   *
   * @param failures at least 1
   */
  public Duration pause(int failures, RandomGenerator random) {
    var full = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    long nanos = Math.min(full.toNanos(), longest.toNanos());
    return Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
  }
}
