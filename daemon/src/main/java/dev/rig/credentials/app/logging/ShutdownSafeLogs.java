package dev.rig.credentials.app.logging;

import java.util.logging.LogManager;

/**
 * The JDK's log, which goes on to the process's end: the JDK's own takes its handlers away as soon
 * as the process is asked to stop, beside whatever is still to be logged then. Named by {@code
 * java.util.logging.manager} on the distribution's command line.
 */
public final class ShutdownSafeLogs extends LogManager {
  private volatile boolean steady;

  /** For the JDK, which makes the one that is named. */
  public ShutdownSafeLogs() {}

  /** From now on nothing takes the handlers away. */
  void steady() {
    steady = true;
  }

  @Override
  public void reset() {
    if (!steady) {
      super.reset();
    }
  }
}
