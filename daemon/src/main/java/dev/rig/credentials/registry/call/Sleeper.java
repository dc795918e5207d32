package dev.rig.credentials.registry.call;

import dev.rig.credentials.time.Scheduler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Lets time pass between two tries. */
@FunctionalInterface
public interface Sleeper {
  void waitFor(Duration time) throws InterruptedException;

  /** Waits by a scheduler. */
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
