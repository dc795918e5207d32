package dev.rig.credentials.time;

import java.time.Instant;
import java.time.InstantSource;

/**
 * All the time there is for the code above: tests bring their own.
 *
 * @param clock the wall clock, which can jump
 * @param ticker the monotonic clock
 * @param scheduler runs tasks later, by monotonic time
 */
public record Time(InstantSource clock, Ticker ticker, Scheduler scheduler) {
  /** The wall clock's instant. */
  public Instant now() {
    return clock.instant();
  }

  /** The monotonic clock's nanoseconds. */
  public long nanos() {
    return ticker.nanos();
  }
}
