package dev.rig.credentials.registry.call;

import dev.rig.credentials.net.Origin;
import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What asked not to be called for a while, and is not called before that (F27). */
final class RateLimits {
  private static final int MOST = 256;

  /**
   * What a limit is about: the repository that was asked for, because a registry may hold others
   * that are not limited; where no repository was asked for the whole origin.
   *
   * @param about as it stands behind the host: {@code /acme/app}; empty if it is about the origin
   */
  record RateLimitScope(Origin origin, String about) {
    @Override
    public String toString() {
      return origin.authority() + about;
    }
  }

  private final Ticker ticker;
  private final Map<RateLimitScope, Long> ends = new LinkedHashMap<>(); // guarded by this

  RateLimits(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Calls nothing in a scope from now on for some time; of two times the longer one counts. */
  synchronized void leaveAlone(RateLimitScope scope, Duration time) {
    long end = ticker.nanos() + time.toNanos();
    ends.merge(scope, end, (one, other) -> one - other > 0 ? one : other);
    if (ends.size() > MOST) {
      ends.remove(ends.keySet().iterator().next());
    }
  }

  /** How long a scope is not to be called; zero if it may be. */
  synchronized Duration left(RateLimitScope scope) {
    var end = ends.get(scope);
    long left = end == null ? 0 : end - ticker.nanos();
    if (end != null && left <= 0) {
      ends.remove(scope);
    }
    return Duration.ofNanos(Math.max(0, left));
  }
}
