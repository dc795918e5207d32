package dev.rig.credentials.cache;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A value could not be loaded, now or shortly before. The message is the loader's reason. */
public final class LoadFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Instant nextAttempt;
  private final boolean dropped;

  public LoadFailedException(String reason, Instant nextAttempt, @Nullable Throwable cause) {
    this(reason, nextAttempt, cause, false);
  }

  private LoadFailedException(
      String reason, Instant nextAttempt, @Nullable Throwable cause, boolean dropped) {
    super(
        reason, cause, false,
        false); // without a stack trace: an expected result that many requests share
    this.nextAttempt = nextAttempt;
    this.dropped = dropped;
  }

  /** Returns the failure of a key that was dropped while its load was under way. */
  static LoadFailedException dropped(Instant now) {
    return new LoadFailedException("its entry was changed during the request", now, null, true);
  }

  /** Returns whether the key was dropped without a failure, so that a retry is useful. */
  public boolean isDropped() {
    return dropped;
  }

  /** Returns when the next load may start; until then the same failure is answered. */
  public Instant nextAttempt() {
    return nextAttempt;
  }
}
