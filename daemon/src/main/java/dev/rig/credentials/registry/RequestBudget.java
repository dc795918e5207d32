package dev.rig.credentials.registry;

import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How long one question may keep us and how much may come back, over all of its calls (F29). */
public final class RequestBudget {
  static final Duration TIME = Duration.ofSeconds(10);
  static final long BYTES = 4L * 1024 * 1024;

  private final Ticker ticker;
  private final AtomicLong end;
  private final AtomicLong bytes = new AtomicLong(BYTES);

  private RequestBudget(Ticker ticker, AtomicLong end) {
    this.ticker = ticker;
    this.end = end;
  }

  /** A whole budget, from now on. */
  public static RequestBudget start(Ticker ticker) {
    return new RequestBudget(ticker, new AtomicLong(ticker.nanos() + TIME.toNanos()));
  }

  /** As many bytes as at the start, in the time that is left of this. */
  public RequestBudget inTheSameTime() {
    return new RequestBudget(ticker, end);
  }

  /** A budget of its own for something that must not use up this one's time. */
  public RequestBudget atMost(Duration time) {
    return new RequestBudget(
        ticker, new AtomicLong(Math.min(end.get(), ticker.nanos() + time.toNanos())));
  }

  /** What is left of the time; negative where it is over. */
  public Duration left() {
    return Duration.ofNanos(end.get() - ticker.nanos());
  }

  /** Gives back time that was not the registry's. */
  public void giveBack(Duration time) {
    end.addAndGet(time.toNanos());
  }

  /**
   * Checks that there is time left.
   *
   * @throws CallException when there is none
   */
  public void checkTime(String who) throws CallException {
    if (left().isNegative() || left().isZero()) {
      throw tooSlow(who);
    }
  }

  public static CallException tooSlow(String who) {
    return CallException.unreachable(who + " took longer than " + TIME.toSeconds() + " s");
  }

  /**
   * Takes bytes that came, or that are announced.
   *
   * @throws CallException when they are too many
   */
  public void take(long count, String who) throws CallException {
    if (bytes.addAndGet(-count) < 0) {
      throw tooLarge(who);
    }
  }

  /** Whether so many bytes would be too many. */
  public boolean isTooMuch(long count) {
    return count > bytes.get();
  }

  public static CallException tooLarge(String who) {
    return CallException.badAnswer(who + " sent more than " + BYTES / (1024 * 1024) + " MiB");
  }
}
