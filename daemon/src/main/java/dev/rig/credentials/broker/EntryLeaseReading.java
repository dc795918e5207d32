package dev.rig.credentials.broker;

import dev.rig.credentials.metrics.LeaseReading;
import dev.rig.credentials.metrics.LeaseReading.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The state of an entry's lease, as a word and as numbers. */
public final class EntryLeaseReading {
  private EntryLeaseReading() {}

  /** Returns the values for the gauges. */
  public static LeaseReading of(EntryState entry, Instant now) {
    var state = entry.state();
    var lease = state == null ? null : state.value();
    return new LeaseReading(
        entry.entry().prefix().toString(),
        word(entry),
        lease == null || !lease.expires()
            ? null
            : Duration.between(now, lease.expiresAt()).toMillis() / 1e3);
  }

  private static State word(EntryState entry) {
    var state = entry.state();
    if (!entry.hosts().isEmpty()) {
      return ofHosts(entry.hosts().stream().map(EntryLeaseReading::word).toList());
    }
    if (state == null) {
      return entry.entry().isStatic()
          ? State.LIVE
          : State.NONE; // available before the first request
    }
    boolean failed = state.failure() != null;
    if (state.value() == null) {
      return failed ? State.FAILED : State.NONE;
    }
    return failed ? State.STALE : State.LIVE;
  }

  /**
   * Returns the state of a glob: live as long as one host is; failing hosts are shown separately.
   */
  private static State ofHosts(List<State> hosts) {
    return Stream.of(State.LIVE, State.STALE, State.FAILED)
        .filter(hosts::contains)
        .findFirst()
        .orElse(State.NONE);
  }
}
