package dev.rig.credentials.cache;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A value that could not be loaded, now or a moment ago. Its message is the loader's reason. */
public final class LoadFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Instant nextAttempt;
  private final boolean dropped;

  public LoadFailedException(String reason, Instant nextAttempt, @Nullable Throwable cause) {
    this(reason, nextAttempt, cause, false);
  }

  private LoadFailedException(
      String reason, Instant nextAttempt, @Nullable Throwable cause, boolean dropped) {
    super(reason, cause, false, false); // an answer, not a fault: many askers get the same one
    this.nextAttempt = nextAttempt;
    this.dropped = dropped;
  }

  /** The key was dropped while its load was under way. */
  static LoadFailedException dropped(Instant now) {
    return new LoadFailedException("its entry was changed while it was asked", now, null, true);
  }

  /** Whether nothing failed but the key was dropped: it is worth asking what holds now. */
  public boolean isDropped() {
    return dropped;
  }

  /** Until then the same failure is answered without trying. */
  public Instant nextAttempt() {
    return nextAttempt;
  }
}
