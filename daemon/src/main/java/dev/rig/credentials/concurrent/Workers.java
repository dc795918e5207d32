package dev.rig.credentials.concurrent;

import dev.rig.credentials.time.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Threads that start on demand and end when idle; tasks without a free thread wait in order. If the
 * system has no further thread, the tasks wait until one starts, while {@link
 * java.util.concurrent.ThreadPoolExecutor} would throw and lose the task. A task that throws is
 * reported to {@link UncaughtErrors}; its thread continues.
 *
 * <p>These are platform threads: a blocking native call would occupy the carrier of a virtual
 * thread.
 */
public final class Workers extends AbstractExecutorService {
  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);

  private final int kept;
  private final int most;
  private final int mostWaiting;
  private final Scheduler scheduler;
  private final ThreadFactory factory;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  // Guarded by this, as are all fields below.
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private final Set<Thread> threads = new HashSet<>();

  /** How many threads wait for a task. */
  private int idle;

  private boolean retrying;
  private boolean closed;

  /** How often the system had no thread. */
  private long shortages;

  /**
   * Creates workers.
   *
   * @param name of the threads
   * @param kept how many threads start now and stay, for tasks that a shortage must not delay
   * @param most the highest number of threads
   * @param mostWaiting the highest number of waiting tasks; further tasks are rejected
   * @param scheduler schedules further attempts to start a thread; must run until these workers
   *     have ended
   */
  public Workers(String name, int kept, int most, int mostWaiting, Scheduler scheduler) {
    this(kept, most, mostWaiting, scheduler, factory(name, most));
  }

  Workers(int kept, int most, int mostWaiting, Scheduler scheduler, ThreadFactory factory) {
    this.kept = kept;
    this.most = most;
    this.mostWaiting = mostWaiting;
    this.scheduler = scheduler;
    this.factory = factory;
    grow();
  }

  /** Creates one thread with an unbounded queue. */
  public static Workers one(String name, Scheduler scheduler) {
    return new Workers(name, 0, 1, Integer.MAX_VALUE, scheduler);
  }

  private static ThreadFactory factory(String name, int most) {
    var threads = Thread.ofPlatform().daemon(true);
    return (most == 1 ? threads.name(name) : threads.name(name + "-", 0)).factory();
  }

  /**
   * Runs the task on one of the threads.
   *
   * @throws RejectedExecutionException if too many tasks wait, or after {@link #shutdown}
   */
  @Override
  public synchronized void execute(Runnable task) {
    long room = (long) mostWaiting + idle + most - threads.size();
    if (closed || waiting.size() >= room) {
      throw new RejectedExecutionException(closed ? "stopped" : "too many tasks wait");
    }
    waiting.add(task);
    grow();
    notify();
  }

  /** Starts the kept threads, and those that waiting tasks need. */
  private synchronized void grow() {
    while (threads.size() < kept || (waiting.size() > idle && threads.size() < most)) {
      var thread = factory.newThread(this::work);
      threads.add(thread);
      boolean started = false;
      try {
        thread.start();
        started = true;
        idle++; // until it takes its first task
      } catch (OutOfMemoryError noThread) {
        UncaughtErrors.report(noThread);
      } finally {
        if (!started) {
          threads.remove(thread);
        }
      }
      if (!started) {
        shortages++;
        tryLater();
        return;
      }
    }
  }

  /** Returns whether all threads are started and each has a task. */
  public synchronized boolean areAllBusy() {
    return threads.size() >= most && idle <= waiting.size();
  }

  /** Returns how often a thread could not be started. */
  public synchronized long shortages() {
    return shortages;
  }

  private void tryLater() {
    if (!retrying) {
      retrying = true;
      var _ = scheduler.schedule(BETWEEN_ATTEMPTS, this::tryAgain);
    }
  }

  private synchronized void tryAgain() {
    retrying = false;
    grow();
  }

  private void work() {
    for (var task = next(true); task != null; task = next(false)) {
      try {
        task.run();
      } catch (Throwable failure) { // any failure: this thread must continue with other tasks
        UncaughtErrors.report(failure);
      }
    }
  }

  /** Returns the next task; null if this thread must end. */
  private synchronized @Nullable Runnable next(boolean first) {
    if (first) {
      idle--;
    }
    boolean _ = Thread.interrupted(); // meant for the previous task
    boolean needed = true;
    while (waiting.isEmpty() && !closed && needed) {
      idle++;
      try {
        wait(threads.size() > kept ? IDLE.toMillis() : 0);
      } catch (InterruptedException stopped) {
        // Ends, or continues with the next task.
      } finally {
        idle--;
      }
      needed = threads.size() <= kept;
    }
    var task = waiting.poll();
    if (task == null) {
      threads.remove(Thread.currentThread());
      end();
    }
    return task;
  }

  private void end() {
    if (closed && threads.isEmpty() && waiting.isEmpty()) {
      ended.complete(null);
    }
  }

  @Override
  public synchronized void shutdown() {
    closed = true;
    notifyAll();
    end();
  }

  @Override
  public synchronized List<Runnable> shutdownNow() {
    var left = List.copyOf(waiting);
    waiting.clear();
    threads.forEach(Thread::interrupt);
    shutdown();
    return left;
  }

  @Override
  public synchronized boolean isShutdown() {
    return closed;
  }

  @Override
  public boolean isTerminated() {
    return ended.isDone();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      ended.get(timeout, unit);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    }
  }
}
