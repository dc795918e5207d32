package dev.rig.credentials.app;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads of the daemon's background work. */
public final class BackgroundThreads {
  private BackgroundThreads() {}

  /** One thread that does not keep the process alive. */
  static ExecutorService one(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon(true).factory());
  }

  /** The same with at most so many tasks that wait; more are refused. */
  public static ThreadPoolExecutor oneBehind(int waiting, String name) {
    return new ThreadPoolExecutor(
        1,
        1,
        0,
        TimeUnit.NANOSECONDS,
        new ArrayBlockingQueue<>(waiting),
        Thread.ofPlatform().name(name).daemon(true).factory());
  }

  /** Runs that in the background, once. */
  static void once(String name, Runnable work) {
    Thread.ofPlatform().name(name).daemon(true).start(work);
  }

  /** Runs both at the same time and returns when both are done; the second on this thread. */
  static void together(Runnable one, Runnable other) {
    var thread = Thread.ofPlatform().name("rig-beside").start(one);
    other.run();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
