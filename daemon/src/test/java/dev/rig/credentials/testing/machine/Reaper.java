package dev.rig.credentials.testing.machine;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Ends what a test started, the latest first: at the end of the test (as an {@code @AutoClose}
 * field), even if it failed, and at the end of the JVM.
 */
public final class Reaper implements AutoCloseable {
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final Thread atExit = new Thread(this::endAll);

  public Reaper() {
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Takes ownership of a resource. */
  public synchronized <T extends AutoCloseable> T own(T resource) {
    started.push(resource);
    return resource;
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    endAll();
  }

  private synchronized void endAll() {
    RuntimeException failed = null;
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception | AssertionError e) { // a command of its own may exceed its limit
        failed = new IllegalStateException("not everything could be ended", e);
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
