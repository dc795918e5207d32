package dev.rig.credentials.app.logging;

import java.util.logging.LogManager;

/**
 * A log manager that logs until the process ends: the JDK's own removes its handlers when the
 * process is asked to stop, and later lines are lost. {@code java.util.logging.manager} on the
 * distribution's command line names this class.
 */
public final class ShutdownSafeLogs extends LogManager {
  private volatile boolean steady;

  /** Called by the JDK. */
  public ShutdownSafeLogs() {}

  /** Prevents any later removal of handlers. */
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
