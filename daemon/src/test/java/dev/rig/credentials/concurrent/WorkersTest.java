package dev.rig.credentials.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** F36: the work while the system has no further thread. */
@Timeout(30)
class WorkersTest {
  private static final Duration ATTEMPT = Duration.ofMillis(100);

  private final FakeTime time = new FakeTime();
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger started = new AtomicInteger();
  private volatile boolean shortage;

  /** Returns a thread that the system refuses during a shortage. */
  private Thread thread(Runnable work) {
    started.incrementAndGet();
    return new Thread(work) {
      @Override
      public void start() {
        if (shortage) {
          throw new OutOfMemoryError("unable to create native thread: possibly out of memory");
        }
        super.start();
      }
    };
  }

  private Workers workers(int kept, int most, int waiting) {
    return new Workers(kept, most, waiting, time, this::thread);
  }

  private void finish(Workers workers) throws InterruptedException {
    workers.shutdown();
    assertTrue(workers.awaitTermination(20, TimeUnit.SECONDS));
  }

  @Test
  void tasksOfAShortageRunInOrderWhenItIsOver() throws Exception {
    var workers = workers(0, 1, 10);
    shortage = true;
    for (var name : List.of("a", "b", "c")) {
      workers.execute(() -> done.add(name));
    }
    time.advance(ATTEMPT.multipliedBy(30));
    assertEquals(List.of(), done);
    shortage = false;
    time.advance(ATTEMPT);
    finish(workers);
    assertEquals(List.of("a", "b", "c"), done);
  }

  @Test
  void shortageThatOutlastsTheShutdownLosesNoTask() throws Exception {
    var workers = workers(0, 4, 10);
    shortage = true;
    workers.execute(() -> done.add("last"));
    workers.shutdown();
    assertFalse(workers.isTerminated());
    shortage = false;
    time.advance(ATTEMPT);
    assertTrue(workers.awaitTermination(20, TimeUnit.SECONDS));
    assertEquals(List.of("last"), done);
  }

  @Test
  void keptThreadServesThroughAShortage() throws Exception {
    var workers = workers(1, 8, 10);
    shortage = true;
    for (int i = 0; i < 3; i++) {
      var ran = new CompletableFuture<Thread>();
      workers.execute(() -> ran.complete(Thread.currentThread()));
      assertTrue(ran.get().isAlive());
    }
    finish(workers);
  }

  @Test
  void taskThatThrowsAnErrorDoesNotEndItsThread() throws Exception {
    var workers = workers(1, 1, 10);
    var threads = Collections.synchronizedSet(new java.util.HashSet<Thread>());
    for (int i = 0; i < 3; i++) {
      workers.execute(() -> {
        threads.add(Thread.currentThread());
        throw new StackOverflowError("expected by the test");
      });
    }
    finish(workers);
    assertEquals(1, threads.size());
  }

  @Test
  void tasksBeyondTheLimitsAreRefused() throws Exception {
    var workers = workers(0, 2, 3);
    var hold = new CountDownLatch(1);
    for (int i = 0; i < 5; i++) {
      workers.execute(() -> {
        try {
          hold.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    }
    assertThrows(RejectedExecutionException.class, () -> workers.execute(() -> {}));
    hold.countDown();
    finish(workers);
    assertThrows(RejectedExecutionException.class, () -> workers.execute(() -> {}));
  }

  @Test
  void shortageDoesNotLiftTheLimitOfWaitingTasks() {
    var workers = workers(0, 1, 3);
    shortage = true;
    for (int i = 0; i < 4; i++) {
      workers.execute(() -> {});
    }
    assertThrows(RejectedExecutionException.class, () -> workers.execute(() -> {}));
    assertEquals(4, workers.shutdownNow().size());
  }

  @Test
  void interruptedTaskEndsAndTheThreadWithIt() throws Exception {
    var workers = workers(1, 1, 10);
    var began = new CountDownLatch(1);
    workers.execute(() -> {
      began.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        done.add("interrupted");
      }
    });
    began.await();
    workers.shutdownNow();
    assertTrue(workers.awaitTermination(20, TimeUnit.SECONDS));
    assertEquals(List.of("interrupted"), done);
  }

  @Test
  void noMoreThreadsStartThanThereAreTasks() throws Exception {
    var workers = workers(0, Integer.MAX_VALUE, 10);
    var hold = new CountDownLatch(1);
    for (int i = 0; i < 5; i++) {
      workers.execute(() -> {
        try {
          hold.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    }
    assertEquals(5, started.get());
    hold.countDown();
    finish(workers);
    assertEquals(5, started.get());
  }
}
