package dev.rig.credentials.testing;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;

/** Waits for what other processes do. */
public final class Eventually {
  private static final long PAUSE_MILLIS = 20;

  private Eventually() {}

  /** Returns as soon as that holds; fails the test with the message when it does not in time. */
  public static void within(Duration limit, BooleanSupplier holds, Supplier<String> message) {
    long end = System.nanoTime() + limit.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        Assertions.fail("not within " + limit.toMillis() + " ms: " + message.get());
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        Assertions.fail("interrupted while waiting: " + message.get());
      }
    }
  }
}
