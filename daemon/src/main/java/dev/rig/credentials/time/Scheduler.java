package dev.rig.credentials.time;

import java.time.Duration;

/** Runs tasks later. */
public interface Scheduler {
  /**
   * Runs the task once after the delay, on a thread of the scheduler. Tasks have to be short and
   * must not block.
   *
   * @param delay zero or negative means as soon as possible
   */
  Cancellable schedule(Duration delay, Runnable task);

  /** A task that has been scheduled. */
  interface Cancellable {
    /** Prevents the task if it has not begun; harmless otherwise. */
    void cancel();
  }
}
