package dev.rig.credentials.broker;

import dev.rig.credentials.time.Scheduler;
import dev.rig.credentials.time.Scheduler.Cancellable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Prefetches a list of entries, a few at a time. A request for one of them does not wait for its
 * turn: the cache loads it immediately, and the later turn has no effect.
 */
final class Prefetcher {
  private final Function<BrokerEntry, CompletableFuture<?>> fetch;
  private final int atATime;
  private final StartJitter spread;
  private final Scheduler scheduler;

  /** Guarded by this, as are the next three fields. */
  private final Deque<BrokerEntry> waiting = new ArrayDeque<>();

  /** Delays the start; null after the delay. */
  private @Nullable Cancellable moment;

  private int running;
  private boolean starting;

  /**
   * Creates a prefetcher without work.
   *
   * @param fetch starts a fetch; its future completes at the end, whether or not it succeeded
   * @param spread the delay before a list is started
   */
  Prefetcher(
      Function<BrokerEntry, CompletableFuture<?>> fetch,
      int atATime,
      StartJitter spread,
      Scheduler scheduler) {
    this.fetch = fetch;
    this.atATime = atATime;
    this.spread = spread;
    this.scheduler = scheduler;
  }

  /**
   * Replaces the entries that still wait. A list that has not started keeps its start time, so that
   * reloads do not postpone the prefetch forever.
   */
  void start(List<BrokerEntry> entries) {
    synchronized (waiting) {
      waiting.clear();
      waiting.addAll(entries);
      if (moment == null && !spread.within().isZero()) {
        moment = scheduler.schedule(spread.delay(), this::begin);
      }
    }
    startMore();
  }

  /** Stops. */
  void close() {
    synchronized (waiting) {
      waiting.clear();
      if (moment != null) {
        moment.cancel();
      }
    }
  }

  private void begin() {
    synchronized (waiting) {
      moment = null;
    }
    startMore();
  }

  /** Only one thread runs the loop, so that fetches that complete immediately do not recurse. */
  private void startMore() {
    synchronized (waiting) {
      if (starting) {
        return;
      }
      starting = true;
    }
    while (true) {
      BrokerEntry entry;
      synchronized (waiting) {
        if (running >= atATime || waiting.isEmpty() || moment != null) {
          starting = false;
          return;
        }
        entry = waiting.remove();
        running++;
      }
      var _ = fetch.apply(entry).whenComplete((value, failure) -> ended());
    }
  }

  private void ended() {
    synchronized (waiting) {
      running--;
    }
    startMore();
  }
}
