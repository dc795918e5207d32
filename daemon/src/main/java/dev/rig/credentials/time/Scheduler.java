package dev.rig.credentials.time;

import java.time.Duration;

/** Runs tasks later. */
public interface Scheduler {
  /**
   * Runs the task once after the delay, on a thread of the scheduler. Tasks must be short and must
   * not block.
   *
   * @param delay zero or negative means as soon as possible
   */
  Cancellable schedule(Duration delay, Runnable task);

  /** A scheduled task. */
  interface Cancellable {
    /** Prevents the task if it has not started; otherwise has no effect. */
    void cancel();
  }
}
