package dev.rig.credentials.broker;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A moment of one's own within a time that many have: daemons that start together do not call one
 * token service together then.
 *
 * @param within how long the time is; zero for at once
 * @param random where chance comes from
 */
public record StartJitter(Duration within, RandomGenerator random) {
  /** No time at all. */
  public static final StartJitter AT_ONCE = new StartJitter(Duration.ZERO, () -> 0);

  /** How long it is until a new moment. */
  public Duration delay() {
    return Duration.ofNanos(random.nextLong(within.toNanos() + 1));
  }
}
