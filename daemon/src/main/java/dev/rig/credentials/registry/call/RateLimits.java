package dev.rig.credentials.registry.call;

import dev.rig.credentials.registry.http.Origin;
import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which sites want to be left alone, and for how long: nobody asks them before that (F27). */
final class RateLimits {
  private static final int MOST = 256;

  private final Ticker ticker;
  private final Map<Origin, Long> ends = new LinkedHashMap<>(); // guarded by this

  RateLimits(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Leaves a site alone from now on; of two times the longer one counts. */
  synchronized void leaveAlone(Origin site, Duration time) {
    long end = ticker.nanos() + time.toNanos();
    ends.merge(site, end, (one, other) -> one - other > 0 ? one : other);
    if (ends.size() > MOST) {
      ends.remove(ends.keySet().iterator().next());
    }
  }

  /** How long a site is still to be left alone; zero for one that may be asked. */
  synchronized Duration left(Origin site) {
    var end = ends.get(site);
    long left = end == null ? 0 : end - ticker.nanos();
    if (end != null && left <= 0) {
      ends.remove(site);
    }
    return Duration.ofNanos(Math.max(0, left));
  }
}
