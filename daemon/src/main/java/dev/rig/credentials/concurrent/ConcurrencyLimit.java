package dev.rig.credentials.concurrent;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Limits how many tasks run at the same time; the others wait in order. */
public final class ConcurrencyLimit {
  private final int most;
  private final Queue<Turn<?>> waiting = new ArrayDeque<>(); // guarded by this
  private int running; // guarded by this

  private record Turn<T>(Supplier<CompletableFuture<T>> work, CompletableFuture<T> result) {}

  /**
   * Creates a limit.
   *
   * @param most the highest number of running tasks, at least 1
   */
  public ConcurrencyLimit(int most) {
    this.most = most;
  }

  /**
   * Starts the work as soon as the limit permits it.
   *
   * @return the result of the work; cancelling it cancels the work, or prevents its start
   */
  public <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> work) {
    var turn = new Turn<>(work, new CompletableFuture<T>());
    synchronized (this) {
      if (running >= most) {
        waiting.add(turn);
        return turn.result();
      }
      running++;
    }
    begin(turn);
    return turn.result();
  }

  private <T> void begin(Turn<T> turn) {
    CompletableFuture<T> begun;
    try {
      begun = turn.work().get();
    } catch (RuntimeException | Error e) {
      begun = CompletableFuture.failedFuture(e);
    }
    var going = begun;
    var result = turn.result();
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
    Turn<?> turn;
    synchronized (this) {
      do {
        turn = waiting.poll();
      } while (turn != null && turn.result().isDone()); // cancelled in the meantime
      if (turn == null) {
        running--;
      }
    }
    if (turn != null) {
      begin(turn);
    }
  }
}
