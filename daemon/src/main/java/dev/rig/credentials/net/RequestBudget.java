package dev.rig.credentials.net;

import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How long a question may take and how many bytes may come back, over all of its calls (F29). */
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

  /** 10 s and 4 MiB, from now on. */
  public static RequestBudget start(Ticker ticker) {
    return start(ticker, TIME, BYTES);
  }

  /** A budget that begins now. */
  public static RequestBudget start(Ticker ticker, Duration time, int bytes) {
    return new RequestBudget(ticker, time, new AtomicLong(ticker.nanos() + time.toNanos()), bytes);
  }

  /** As many bytes as at the start, in the time that is left of this. */
  public RequestBudget inTheSameTime() {
    return new RequestBudget(ticker, time, end, most);
  }

  /** A budget of its own for something that must not use up this one's time. */
  public RequestBudget atMost(Duration limit) {
    long earlier = Math.min(end.get(), ticker.nanos() + limit.toNanos());
    return new RequestBudget(ticker, limit, new AtomicLong(earlier), most);
  }

  /** What is left of the time; negative if it is over. */
  public Duration left() {
    return Duration.ofNanos(end.get() - ticker.nanos());
  }

  /** Whether a wait would end in time. */
  public boolean allows(Duration wait) {
    return wait.compareTo(left()) < 0;
  }

  /** Gives back time that was not the other side's. */
  public void giveBack(Duration spent) {
    end.addAndGet(spent.toNanos());
  }

  /**
   * Checks that there is time left.
   *
   * @param who the other side, for people
   * @throws HttpFailure if there is none
   */
  void checkTime(String who) throws HttpFailure {
    if (!allows(Duration.ZERO)) {
      throw tooSlow(who);
    }
  }

  /** What a call fails with when its time is over. */
  public HttpFailure tooSlow(String who) {
    return new HttpFailure(
        HttpFailure.HttpFailureKind.TOO_SLOW,
        "%s took longer than %d s".formatted(who, time.toSeconds()));
  }

  /**
   * Takes bytes that have arrived.
   *
   * @throws HttpFailure if they are too many
   */
  void take(long count, String who) throws HttpFailure {
    if (bytes.addAndGet(-count) < 0) {
      throw tooLarge(who);
    }
  }

  /**
   * Checks a length that is announced.
   *
   * @throws HttpFailure if so many bytes are too many
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
