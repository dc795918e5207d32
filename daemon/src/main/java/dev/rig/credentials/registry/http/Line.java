package dev.rig.credentials.registry.http;

import dev.rig.credentials.registry.RequestBudget;
import dev.rig.credentials.time.Scheduler;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;

/**
 * One connection, which is cut when its time is over, whatever is being done with it then: a peer
 * that sends a byte a second never runs into a timeout of a single read (F29).
 */
final class Line implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Line.class.getName());

  private final Scheduler.Cancellable cut;
  private Socket raw = new Socket(); // guarded by this
  private boolean over; // guarded by this

  Line(Scheduler scheduler, RequestBudget budget) {
    cut =
        scheduler.schedule(
            budget.left(),
            () -> {
              synchronized (this) {
                over = true;
              }
              closeRaw();
            });
  }

  /** The connection below TLS. */
  synchronized Socket raw() {
    return raw;
  }

  /** Another connection in place of one that could not be made. */
  Socket anew() {
    closeRaw();
    synchronized (this) {
      raw = new Socket();
    }
    if (isOver()) {
      closeRaw();
    }
    return raw();
  }

  /** Whether it was cut because its time was over. */
  synchronized boolean isOver() {
    return over;
  }

  /** The connection below TLS alone: TLS would want to say goodbye, and could wait for that. */
  @Override
  public void close() {
    cut.cancel();
    closeRaw();
  }

  private void closeRaw() {
    try {
      raw().close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection to a registry could not be closed", e);
    }
  }
}
