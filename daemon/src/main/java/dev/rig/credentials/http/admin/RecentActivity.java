package dev.rig.credentials.http.admin;

import dev.rig.credentials.linux.Peer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The latest callers and failures, for the status page. Contains no secret. */
public final class RecentActivity {
  private static final int MOST_ERRORS = 20;
  private static final int MOST_CALLERS = 32;

  /**
   * A failed or denied request.
   *
   * @param prefix its entry; null if none
   */
  record RecentFailure(
      Instant at, String action, @Nullable String prefix, String outcome, Peer peer) {}

  /** A user whose processes have sent requests. */
  record CallerSeen(Peer last, String action, Instant at, long requests) {}

  private final InstantSource clock;
  private final Deque<RecentFailure> failures = new ArrayDeque<>();
  private final Map<Integer, CallerSeen> callers = new LinkedHashMap<>(16, 0.75f, true);

  public RecentActivity(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Records an answered request. Does not block.
   *
   * @param outcome the result in a word
   * @param failed whether the page must show it as a failure
   */
  public synchronized void note(
      String action, @Nullable String prefix, String outcome, boolean failed, Peer peer) {
    var now = clock.instant();
    var before = callers.get(peer.uid());
    callers.put(
        peer.uid(), new CallerSeen(peer, action, now, before == null ? 1 : before.requests() + 1));
    if (callers.size() > MOST_CALLERS) {
      callers.remove(callers.keySet().iterator().next());
    }
    if (failed) {
      failures.addFirst(new RecentFailure(now, action, prefix, outcome, peer));
      if (failures.size() > MOST_ERRORS) {
        failures.removeLast();
      }
    }
  }

  /** Returns the failures, the newest first. */
  synchronized List<RecentFailure> failures() {
    return List.copyOf(failures);
  }

  /** Returns the callers, the latest first. */
  synchronized List<CallerSeen> callers() {
    return List.copyOf(callers.values()).reversed();
  }
}
