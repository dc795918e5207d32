package dev.rig.credentials.time;

import java.time.Duration;

/** Limits a repeated log message to one per minute. Thread-safe. */
public final class LogThrottle {
  private static final Duration BETWEEN_MESSAGES = Duration.ofMinutes(1);

  private final Ticker ticker;
  private boolean logged;
  private long loggedAt;

  public LogThrottle(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Returns whether the message may be logged now: true at first, then once a minute. */
  public synchronized boolean isDue() {
    long now = ticker.nanos();
    if (logged && now - loggedAt < BETWEEN_MESSAGES.toNanos()) {
      return false;
    }
    logged = true;
    loggedAt = now;
    return true;
  }
}
