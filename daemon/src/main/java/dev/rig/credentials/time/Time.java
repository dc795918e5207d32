package dev.rig.credentials.time;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The sources of time, which tests replace.
 *
 * @param clock the wall clock, which can jump
 * @param ticker the monotonic clock
 * @param scheduler runs tasks later, by monotonic time
 */
public record Time(InstantSource clock, Ticker ticker, Scheduler scheduler) {
  /** Returns the wall clock's instant. */
  public Instant now() {
    return clock.instant();
  }

  /** Returns the monotonic clock's nanoseconds. */
  public long nanos() {
    return ticker.nanos();
  }
}
