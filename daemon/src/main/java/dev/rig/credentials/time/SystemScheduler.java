package dev.rig.credentials.time;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The system's scheduler: one daemon thread. */
public final class SystemScheduler implements Scheduler, AutoCloseable {
  private final ScheduledThreadPoolExecutor executor;

  public SystemScheduler() {
    executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("rig-scheduler").daemon(true).factory());
    executor.prestartCoreThread(); // otherwise the first task of a shortage would be lost
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Returns the system's clocks with this scheduler. */
  public Time time() {
    return new Time(InstantSource.system(), Ticker.system(), this);
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    try {
      var future =
          executor.schedule(() -> run(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException closed) {
      return () -> {}; // tasks after the end do not run
    }
  }

  /** Runs a task and reports its exception, which an executor would discard. */
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      var thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
