package dev.rig.credentials.kube.secret;

import dev.rig.credentials.time.Scheduler.Cancellable;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Processes items soon after they were added: an item that was added several times is processed
 * once, never by two threads at a time, and after a failure with a growing delay. A contested
 * object does not delay its item, whose next change may be permitted.
 *
 * @param <K> the item
 */
final class WorkQueue<K> implements AutoCloseable {
  /** A delay that combines changes in quick succession. */
  static final Duration SETTLE = Duration.ofMillis(250);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 6;

  /** The limit per turn, so that the worker can do other tasks in between. */
  private static final int MOST_AT_ONCE = 16;

  /** Receives a failed step, on the worker. */
  interface Failures<K> {
    /**
     * A step has failed.
     *
     * @param times how many steps have failed in a row, at most 7
     */
    void failed(K item, Throwable thrown, int times);
  }

  private record Pause(int failures, long untilNanos) {}

  private final Function<K, CompletableFuture<?>> step;
  private final Failures<K> failed;
  private final Time time;
  private final Executor worker;

  // Guarded by this.
  private final Set<K> due = new LinkedHashSet<>();
  private final Set<K> busy = new HashSet<>();
  private final Map<K, Pause> pauses = new HashMap<>();
  private @Nullable Cancellable timer;
  private long timerNanos;
  private boolean closed;

  /**
   * Creates an empty queue.
   *
   * @param step starts to process an item, on the worker
   */
  WorkQueue(
      Function<K, CompletableFuture<?>> step, Failures<K> failed, Time time, Executor worker) {
    this.step = step;
    this.failed = failed;
    this.time = time;
    this.worker = worker;
  }

  /** Adds items; never blocks. */
  synchronized void add(Collection<K> items) {
    due.addAll(items);
    if (!due.isEmpty()) {
      wake(time.nanos() + SETTLE.toNanos());
    }
  }

  /** Retries failed items immediately. */
  synchronized void retry() {
    pauses.clear();
    if (!due.isEmpty()) {
      wake(time.nanos());
    }
  }

  /** Removes all waiting items. */
  synchronized void clear() {
    due.clear();
    pauses.clear();
  }

  private synchronized void wake(long atNanos) {
    if (closed || (timer != null && timerNanos <= atNanos)) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    timerNanos = atNanos;
    timer =
        time.scheduler()
            .schedule(
                Duration.ofNanos(atNanos - time.nanos()),
                () -> {
                  try {
                    worker.execute(this::run);
                  } catch (RejectedExecutionException e) {
                    // closing
                  }
                });
  }

  private void run() {
    for (var item : takeReady()) {
      CompletableFuture<?> done;
      try {
        done = step.apply(item);
      } catch (RuntimeException | Error e) {
        done = CompletableFuture.failedFuture(e);
      }
      var _ = done.whenCompleteAsync((nothing, thrown) -> done(item, thrown), worker);
    }
  }

  private synchronized List<K> takeReady() {
    timer = null;
    if (closed) {
      return List.of();
    }
    long now = time.nanos();
    var ready =
        due.stream()
            .filter(item -> !busy.contains(item) && pausedUntil(item, now) <= now)
            .limit(MOST_AT_ONCE)
            .toList();
    ready.forEach(due::remove);
    busy.addAll(ready);
    due.stream()
        .filter(item -> !busy.contains(item))
        .mapToLong(item -> pausedUntil(item, now))
        .min()
        .ifPresent(this::wake);
    return ready;
  }

  private long pausedUntil(K item, long now) {
    var pause = pauses.get(item);
    return pause == null ? now : pause.untilNanos();
  }

  private void done(K item, @Nullable Throwable thrown) {
    var inner = thrown instanceof CompletionException ? thrown.getCause() : null;
    var cause = inner == null ? thrown : inner;
    int failures = 0;
    synchronized (this) {
      busy.remove(item);
      if (cause == null || cause instanceof RestoreLimits.ContestedException) {
        pauses.remove(item);
      } else {
        var before = pauses.get(item);
        failures = before == null ? 0 : Math.min(before.failures() + 1, MOST_DOUBLINGS);
        long pause = FIRST_PAUSE.toNanos() << failures;
        pauses.put(item, new Pause(failures, time.nanos() + pause));
        due.add(item);
      }
      if (due.contains(item)) {
        wake(Math.max(time.nanos() + SETTLE.toNanos(), pausedUntil(item, time.nanos())));
      }
    }
    if (cause != null) {
      failed.failed(item, cause, failures + 1);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (timer != null) {
      timer.cancel();
    }
  }
}
