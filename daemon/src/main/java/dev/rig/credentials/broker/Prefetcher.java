package dev.rig.credentials.broker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Works through a list, a few at a time. Who asks for one of them meanwhile does not wait here: the
 * cache loads it at once, and its turn here comes to nothing.
 */
final class Prefetcher {
  private final Function<LeaseKey, CompletableFuture<?>> fetch;
  private final int atATime;

  /** Its own monitor guards it and the two below. */
  private final Deque<LeaseKey> waiting = new ArrayDeque<>();

  private int running;
  private boolean starting;

  /**
   * A prefetcher with nothing to do.
   *
   * @param fetch begins to fetch; completes, well or not, at the end
   */
  Prefetcher(Function<LeaseKey, CompletableFuture<?>> fetch, int atATime) {
    this.fetch = fetch;
    this.atATime = atATime;
  }

  /** Takes this list in place of what still waits. */
  void start(List<LeaseKey> keys) {
    synchronized (waiting) {
      waiting.clear();
      waiting.addAll(keys);
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
      LeaseKey key;
      synchronized (waiting) {
        if (running >= atATime || waiting.isEmpty()) {
          starting = false;
          return;
        }
        key = waiting.remove();
        running++;
      }
      var _ = fetch.apply(key).whenComplete((value, failure) -> ended());
    }
  }

  private void ended() {
    synchronized (waiting) {
      running--;
    }
    startMore();
  }
}
