package dev.rig.credentials.http.server;

import dev.rig.credentials.time.LogThrottle;
import dev.rig.credentials.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs rejected requests of a listener: one a minute as information, and all for debugging. */
final class RejectionLog {
  private static final Logger LOG = System.getLogger(RejectionLog.class.getName());

  private final String listener;
  private final LogThrottle throttle;

  /**
   * Creates the log.
   *
   * @param listener for people, such as {@code admin port}
   */
  RejectionLog(String listener, Ticker ticker) {
    this.listener = listener;
    this.throttle = new LogThrottle(ticker);
  }

  void log(Rejection rejection) {
    if (throttle.isDue()) {
      LOG.log(
          Level.INFO,
          "the {0} rejected a request: {1}: {2}; others in the next minute are logged only for"
              + " debugging",
          listener,
          rejection.status(),
          rejection.detail());
    } else {
      LOG.log(
          Level.DEBUG,
          "the {0} rejected a request: {1}: {2}",
          listener,
          rejection.status(),
          rejection.detail());
    }
  }
}
