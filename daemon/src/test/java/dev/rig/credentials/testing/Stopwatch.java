package dev.rig.credentials.testing;

import java.time.Duration;
import java.util.function.IntConsumer;

/** Measures durations on a machine that also runs other processes. */
public final class Stopwatch {
  private Stopwatch() {}

  /** Returns the duration of the fastest of that many runs. */
  public static Duration fastest(int runs, IntConsumer run) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < runs; i++) {
      long began = System.nanoTime();
      run.accept(i);
      best = Math.min(best, System.nanoTime() - began);
    }
    return Duration.ofNanos(best);
  }
}
