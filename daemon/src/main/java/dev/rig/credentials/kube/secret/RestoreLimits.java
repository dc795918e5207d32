package dev.rig.credentials.kube.secret;

import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits how often an object is restored that another client keeps changing back. The first times
 * it is restored immediately, then after a pause that doubles up to five minutes. The count starts
 * again when the object has kept its state for twice the pause, and for at least a minute.
 */
final class RestoreLimits {
  /** How often an object is restored without a pause. */
  static final int FREE = 5;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration SHORTEST_CALM = Duration.ofMinutes(1);
  private static final int MOST_DOUBLINGS = 5;

  /** The object is not restored yet; the message is for everyone. */
  static final class ContestedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration calm;

    ContestedException(String message, Duration calm) {
      super(message, null, false, false);
      this.calm = calm;
    }

    /** Returns how long it takes at least until the count of this object can start again. */
    Duration calm() {
      return calm;
    }
  }

  private record Written(Object content, long atNanos, int restored) {
    Duration pause() {
      if (restored < FREE) {
        return Duration.ZERO;
      }
      var doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(restored - FREE, MOST_DOUBLINGS));
      return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    Duration calm() {
      var twice = pause().multipliedBy(2);
      return twice.compareTo(SHORTEST_CALM) < 0 ? SHORTEST_CALM : twice;
    }

    boolean isCalm(long now) {
      return now - atNanos > calm().toNanos();
    }
  }

  private final Time time;
  private final Map<String, Written> written = new HashMap<>(); // guarded by this

  RestoreLimits(Time time) {
    this.time = time;
  }

  /**
   * Checks that an object may be written now. Writing another content than the last is not a
   * restoration, and is always permitted.
   *
   * @param object its kind and path, for people
   * @param content what would be written
   * @throws ContestedException if the same content was written too recently
   */
  synchronized void check(String object, Object content) {
    var last = written.get(object);
    if (last == null || !last.content().equals(content)) {
      return;
    }
    var remaining = last.pause().minusNanos(time.nanos() - last.atNanos());
    if (remaining.isPositive()) {
      var next = new Written(content, 0, last.restored() + 1);
      throw new ContestedException(
          "another client keeps changing %s back, so it is restored only every %d s; its managedFields name the client"
              .formatted(object, last.pause().toSeconds()),
          remaining.plus(next.calm()));
    }
  }

  /** Notes that the object was written. */
  synchronized void wrote(String object, Object content) {
    long now = time.nanos();
    var last = written.get(object);
    int restored = 0;
    if (last != null && !last.isCalm(now)) {
      restored = last.restored() + (last.content().equals(content) ? 1 : 0);
    }
    written.put(object, new Written(content, now, restored));
  }

  /** Forgets the objects that have kept their state for long enough. */
  synchronized void forgetCalm() {
    long now = time.nanos();
    written.values().removeIf(one -> one.isCalm(now));
  }
}
