package dev.rig.credentials.cache;

import java.time.Instant;

/** A value that could not be loaded, now or a moment ago. Its message is the loader's reason. */
public final class LoadFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Instant nextAttempt;

  public LoadFailedException(String reason, Instant nextAttempt) {
    super(reason, null, false, false); // an answer, not a fault: many askers get the same one
    this.nextAttempt = nextAttempt;
  }

  /** Until then the same failure is answered without trying. */
  public Instant nextAttempt() {
    return nextAttempt;
  }
}
