package dev.rig.credentials.helperapi;

import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Records which users were just informed that an entry stays, because {@code docker logout} erases
 * up to four keys of one registry (docker/cli {@code cli/command/registry/logout.go}).
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
   * Returns whether to inform the user about that entry; false within 5 s of the last time, and if
   * too many users are recorded.
   */
  synchronized boolean isFirst(int uid, String prefix) {
    long now = ticker.nanos();
    told.values().removeIf(at -> now - at > ONE_LOGOUT.toNanos());
    return told.size() < MOST && told.putIfAbsent(new Told(uid, prefix), now) == null;
  }

  /** Makes the next erase count as another logout, because the user has changed something. */
  synchronized void forget(int uid, String prefix) {
    told.remove(new Told(uid, prefix));
  }
}
