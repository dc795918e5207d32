package dev.rig.credentials.registry.call;

import dev.rig.credentials.net.Origin;
import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The rate limits of registries: no request is sent before a limit ends (F27). */
final class RateLimits {
  private static final int MOST = 256;

  /**
   * The scope of a limit: the requested repository, because other repositories of the registry may
   * not be limited; without a repository the whole origin.
   *
   * @param about the path after the host: {@code /acme/app}; empty for the origin
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

  /** Blocks requests in a scope for some time; the longest limit counts. */
  synchronized void leaveAlone(RateLimitScope scope, Duration time) {
    long end = ticker.nanos() + time.toNanos();
    ends.merge(scope, end, (one, other) -> one - other > 0 ? one : other);
    if (ends.size() > MOST) {
      ends.remove(ends.keySet().iterator().next());
    }
  }

  /** Returns the remaining time of a scope's limit; zero if the scope is not limited. */
  synchronized Duration left(RateLimitScope scope) {
    var end = ends.get(scope);
    long left = end == null ? 0 : end - ticker.nanos();
    if (end != null && left <= 0) {
      ends.remove(scope);
    }
    return Duration.ofNanos(Math.max(0, left));
  }
}
