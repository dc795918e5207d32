package dev.rig.credentials.dev;

import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Waits for the result of another program. */
final class Polling {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Time time;

  Polling(Time time) {
    this.time = time;
  }

  /** Returns whether the condition is met within the limit. */
  boolean until(Duration limit, BooleanSupplier holds) {
    long from = time.nanos();
    while (!holds.getAsBoolean()) {
      if (time.nanos() - from > limit.toNanos()) {
        return false;
      }
      var over = new CompletableFuture<Void>();
      time.scheduler().schedule(POLL, () -> over.complete(null));
      over.join();
    }
    return true;
  }
}
