package dev.rig.credentials.net;

import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The time and bytes that one operation may use, over all of its calls (F29). */
public final class RequestBudget {
  private static final Duration TIME = Duration.ofSeconds(10);
  private static final int BYTES = 4 * 1024 * 1024;

  private final Ticker ticker;
  private final Duration time;
  private final AtomicLong end;
  private final int most;
  private final AtomicLong bytes;

  private RequestBudget(Ticker ticker, Duration time, AtomicLong end, int most) {
    this.ticker = ticker;
    this.time = time;
    this.end = end;
    this.most = most;
    this.bytes = new AtomicLong(most);
  }

  /** Starts a budget of 10 s and 4 MiB. */
  public static RequestBudget start(Ticker ticker) {
    return start(ticker, TIME, BYTES);
  }

  /** Starts a budget of this time and number of bytes. */
  public static RequestBudget start(Ticker ticker, Duration time, int bytes) {
    return new RequestBudget(ticker, time, new AtomicLong(ticker.nanos() + time.toNanos()), bytes);
  }

  /** Returns a budget with the initial bytes and the remaining time of this one. */
  public RequestBudget inTheSameTime() {
    return new RequestBudget(ticker, time, end, most);
  }

  /** Returns a budget with bytes of its own that ends after the limit, or earlier with this one. */
  public RequestBudget atMost(Duration limit) {
    long earlier = Math.min(end.get(), ticker.nanos() + limit.toNanos());
    return new RequestBudget(ticker, limit, new AtomicLong(earlier), most);
  }

  /** Returns the remaining time; negative if it is over. */
  public Duration left() {
    return Duration.ofNanos(end.get() - ticker.nanos());
  }

  /** Returns whether a wait would end in time. */
  public boolean allows(Duration wait) {
    return wait.compareTo(left()) < 0;
  }

  /** Extends the budget by time that was not spent waiting for the other side. */
  public void giveBack(Duration spent) {
    end.addAndGet(spent.toNanos());
  }

  /**
   * Checks that there is time left.
   *
   * @param who the other side, for people
   * @throws HttpFailure if the time is over
   */
  void checkTime(String who) throws HttpFailure {
    if (!allows(Duration.ZERO)) {
      throw tooSlow(who);
    }
  }

  /** Returns the failure of a call whose time is over. */
  public HttpFailure tooSlow(String who) {
    return new HttpFailure(
        HttpFailure.HttpFailureKind.TOO_SLOW,
        "%s took longer than %d s".formatted(who, time.toSeconds()));
  }

  /**
   * Counts bytes that have arrived.
   *
   * @throws HttpFailure if the limit is exceeded
   */
  void take(long count, String who) throws HttpFailure {
    if (bytes.addAndGet(-count) < 0) {
      throw tooLarge(who);
    }
  }

  /**
   * Checks an announced length.
   *
   * @throws HttpFailure if it exceeds the limit
   */
  void checkLength(long count, String who) throws HttpFailure {
    if (count > bytes.get()) {
      throw tooLarge(who);
    }
  }

  private HttpFailure tooLarge(String who) {
    return HttpFailure.invalid("%s sent more than %d MiB".formatted(who, most / (1024 * 1024)));
  }
}
