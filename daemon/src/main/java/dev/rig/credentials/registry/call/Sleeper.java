package dev.rig.credentials.registry.call;

import dev.rig.credentials.time.Scheduler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Waits between two attempts. */
@FunctionalInterface
public interface Sleeper {
  void waitFor(Duration time) throws InterruptedException;

  /** Returns a sleeper that uses a scheduler. */
  static Sleeper by(Scheduler scheduler) {
    return time -> {
      var over = new CountDownLatch(1);
      var task = scheduler.schedule(time, over::countDown);
      try {
        over.await();
      } finally {
        task.cancel();
      }
    };
  }
}
