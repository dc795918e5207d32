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

/** Who has asked lately, and what did not go well: for the status page. Holds no secret. */
public final class RecentActivity {
  private static final int MOST_ERRORS = 20;
  private static final int MOST_CALLERS = 32;

  /**
   * An answer that was no good one.
   *
   * @param prefix the entry that it was about; null for none
   */
  record RecentFailure(
      Instant at, String action, @Nullable String prefix, String outcome, Peer peer) {}

  /** A user whose processes have asked. */
  record CallerSeen(Peer last, String action, Instant at, long requests) {}

  private final InstantSource clock;
  private final Deque<RecentFailure> failures = new ArrayDeque<>();
  private final Map<Integer, CallerSeen> callers = new LinkedHashMap<>(16, 0.75f, true);

  public RecentActivity(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * A request was answered. Does not block.
   *
   * @param outcome how, in a word
   * @param failed whether somebody who looks at the page wants to know of it
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

  /** The newest first. */
  synchronized List<RecentFailure> failures() {
    return List.copyOf(failures);
  }

  /** Who asked last comes first. */
  synchronized List<CallerSeen> callers() {
    return List.copyOf(callers.values()).reversed();
  }
}
