package dev.rig.credentials.broker;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A random delay, so that daemons that start together do not call one token service at the same
 * time.
 *
 * @param within the maximum; zero for no delay
 * @param random the source of randomness
 */
public record StartJitter(Duration within, RandomGenerator random) {
  /** No delay. */
  public static final StartJitter AT_ONCE = new StartJitter(Duration.ZERO, () -> 0);

  /** Returns a new random delay. */
  public Duration delay() {
    return Duration.ofNanos(random.nextLong(within.toNanos() + 1));
  }
}
