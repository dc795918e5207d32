package dev.rig.credentials.metrics;

import org.jspecify.annotations.Nullable;

/**
 * What the gauges show of one registry entry.
 *
 * @param prefix the entry
 * @param state how its lease does
 * @param secondsLeft until the lease ends; null where there is no lease or it does not end
 */
public record LeaseReading(String prefix, State state, @Nullable Double secondsLeft) {
  /** How an entry's lease does. */
  public enum State {
    /** There is a lease, and nothing is wrong. */
    LIVE,
    /** There is a lease, but the last refresh failed. */
    STALE,
    /** There is none, because the last attempt failed. */
    FAILED,
    /** Nobody has asked yet, or the first run is under way. */
    NONE
  }
}
