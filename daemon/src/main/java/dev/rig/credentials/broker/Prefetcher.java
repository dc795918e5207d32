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
 * Works through a list, a few at a time. Who asks for one of them meanwhile does not wait here: the
 * cache loads it at once, and its turn here comes to nothing.
 */
final class Prefetcher {
  private final Function<BrokerEntry, CompletableFuture<?>> fetch;
  private final int atATime;
  private final StartJitter spread;
  private final Scheduler scheduler;

  /** Its own monitor guards it and the three below. */
  private final Deque<BrokerEntry> waiting = new ArrayDeque<>();

  /** Until then nothing is begun; null when it is time. */
  private @Nullable Cancellable moment;

  private int running;
  private boolean starting;

  /**
   * A prefetcher with nothing to do.
   *
   * @param fetch begins to fetch; completes, well or not, at the end
   * @param spread when a list is begun with
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
   * Takes this list in place of what still waits. A list that has not been begun with leaves its
   * moment to this one, so that reloads do not put it off for ever.
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

  /** Does no more. */
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

  /** One thread at a time is in the loop, so that fetches which end at once do not nest. */
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
