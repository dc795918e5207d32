package dev.rig.credentials.metrics;

import org.jspecify.annotations.Nullable;

/**
 * The metrics of one registry entry.
 *
 * @param prefix the entry
 * @param state the state of its lease
 * @param secondsLeft until the lease expires; null if there is no lease or it does not expire
 */
public record LeaseReading(String prefix, State state, @Nullable Double secondsLeft) {
  /** The state of an entry's lease. */
  public enum State {
    /** There is a lease, and the last load succeeded. */
    LIVE,
    /** There is a lease, but the last refresh failed. */
    STALE,
    /** There is no lease, because the last attempt failed. */
    FAILED,
    /** There was no request yet, or the first run is under way. */
    NONE
  }
}
