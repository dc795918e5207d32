package dev.rig.credentials.helperapi;

import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether a user was just informed that an entry stays: {@code docker logout} erases up to four
 * keys of one registry (docker/cli {@code cli/command/registry/logout.go}).
 */
final class EraseRemarks {
  private static final Duration ONE_LOGOUT = Duration.ofSeconds(5);
  private static final int MOST = 1_000;

  private record Told(int uid, String prefix) {}

  private final Ticker ticker;
  private final Map<Told, Long> told = new HashMap<>(); // guarded by this

  EraseRemarks(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Returns whether the remark about that entry is new to the user; false if too many are recorded.
   */
  synchronized boolean isFirst(int uid, String prefix) {
    long now = ticker.nanos();
    told.values().removeIf(at -> now - at > ONE_LOGOUT.toNanos());
    return told.size() < MOST && told.putIfAbsent(new Told(uid, prefix), now) == null;
  }

  /**
   * Resets the remark after the user changed something about that entry: the next erase belongs to
   * another logout.
   */
  synchronized void forget(int uid, String prefix) {
    told.remove(new Told(uid, prefix));
  }
}
