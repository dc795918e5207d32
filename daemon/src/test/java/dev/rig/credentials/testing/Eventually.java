package dev.rig.credentials.testing;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;

/**
 * Waits for other processes. With {@code -Drig.slow=5} each limit is five times as long, for a busy
 * machine.
 */
public final class Eventually {
  private static final long PAUSE_MILLIS = 20;
  private static final int SLOW = Integer.getInteger("rig.slow", 1);

  private Eventually() {}

  /**
   * Returns as soon as the condition is met; fails the test with the message if it is not in time.
   */
  public static void within(Duration limit, BooleanSupplier holds, Supplier<String> message) {
    long end = System.nanoTime() + limit.toNanos() * SLOW;
    while (!holds.getAsBoolean()) {
      pause(end, limit, message);
    }
  }

  /**
   * Like {@link #within}, for something that a busy machine delays: the limit starts again with
   * each progress.
   *
   * @param progress returns another value as long as there is progress
   */
  public static void progressing(
      Duration limit, Supplier<?> progress, BooleanSupplier holds, Supplier<String> message) {
    var last = progress.get();
    long end = System.nanoTime() + limit.toNanos() * SLOW;
    while (!holds.getAsBoolean()) {
      var now = progress.get();
      if (!now.equals(last)) {
        last = now;
        end = System.nanoTime() + limit.toNanos() * SLOW;
      }
      pause(end, limit, message);
    }
  }

  private static void pause(long end, Duration limit, Supplier<String> message) {
    if (System.nanoTime() - end > 0) {
      Assertions.fail("not within " + limit.toMillis() * SLOW + " ms: " + message.get());
    }
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Assertions.fail("interrupted while waiting: " + message.get());
    }
  }
}
