package dev.rig.credentials.source;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Lets a few pieces of work go on at a time; the others wait their turn, in order. */
final class ConcurrencyLimit {
  private final int most;
  private final Queue<Runnable> waiting = new ArrayDeque<>(); // guarded by this, as is the next
  private int running;

  /**
   * Turns for so many at a time.
   *
   * @param most at least 1
   */
  ConcurrencyLimit(int most) {
    this.most = most;
  }

  /**
   * Begins the work when it is its turn.
   *
   * @return what the work gives; cancelling it cancels the work, or keeps it from beginning
   */
  <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> work) {
    var result = new CompletableFuture<T>();
    Runnable turn = () -> begin(work, result);
    synchronized (this) {
      if (running >= most) {
        waiting.add(turn);
        return result;
      }
      running++;
    }
    turn.run();
    return result;
  }

  private <T> void begin(Supplier<CompletableFuture<T>> work, CompletableFuture<T> result) {
    if (result.isDone()) {
      next();
      return;
    }
    CompletableFuture<T> begun;
    try {
      begun = work.get();
    } catch (RuntimeException e) {
      begun = CompletableFuture.failedFuture(e);
    }
    var going = begun;
    var _ =
        going.whenComplete((value, thrown) -> {
          next();
          if (thrown != null) {
            result.completeExceptionally(thrown);
          } else {
            result.complete(value);
          }
        });
    var _ =
        result.whenComplete((value, thrown) -> {
          if (result.isCancelled()) {
            going.cancel(false);
          }
        });
  }

  private void next() {
    Runnable turn;
    synchronized (this) {
      turn = waiting.poll();
      if (turn == null) {
        running--;
      }
    }
    if (turn != null) {
      turn.run();
    }
  }
}
