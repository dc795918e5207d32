package dev.rig.credentials.http.server;

import dev.rig.credentials.time.Ticker;
import java.io.IOException;
import java.time.Duration;

/** The time that a client has for something. */
public final class RequestDeadline {
  /** From the connection to the end of the request, as on the socket of the helpers. */
  public static final Duration REQUEST = Duration.ofSeconds(5);

  /** To take an answer. */
  static final Duration ANSWER = Duration.ofSeconds(5);

  private final Ticker ticker;
  private final long end;

  public RequestDeadline(Ticker ticker, Duration limit) {
    this.ticker = ticker;
    this.end = ticker.nanos() + limit.toNanos();
  }

  /**
   * What is left, at least a millisecond.
   *
   * @throws IOException when nothing is
   */
  Duration left() throws IOException {
    long left = end - ticker.nanos();
    if (left <= 0) {
      throw new IOException("the client took too long");
    }
    return Duration.ofNanos(Math.max(1_000_000, left));
  }
}
