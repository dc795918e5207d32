package dev.rig.credentials.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
  private final ConcurrencyLimit turns = new ConcurrencyLimit(2);
  private final List<CompletableFuture<String>> begun = new ArrayList<>();

  private CompletableFuture<String> take() {
    return turns.take(() -> {
      var work = new CompletableFuture<String>();
      begun.add(work);
      return work;
    });
  }

  @Test
  void noMoreTasksRunThanPermitted() {
    var first = take();
    var second = take();
    var third = take();
    assertEquals(2, begun.size());
    begun.getFirst().complete("done");
    assertEquals("done", first.join());
    assertEquals(3, begun.size());
    begun.get(1).completeExceptionally(new IllegalStateException("failed"));
    assertTrue(second.isCompletedExceptionally());
    assertFalse(third.isDone());
    begun.get(2).complete("third");
    assertEquals("third", third.join());
    var _ = take();
    var _ = take();
    assertEquals(5, begun.size(), "all turns are free again");
  }

  @Test
  void workThatIsCancelledBeforeItsTurnNeverBegins() {
    var _ = take();
    var _ = take();
    take().cancel(false);
    var last = take();
    begun.getFirst().complete("done");
    assertEquals(3, begun.size());
    begun.get(2).complete("last");
    assertEquals("last", last.join());
  }

  @Test
  void cancellingReachesTheWork() {
    take().cancel(false);
    assertTrue(begun.getFirst().isCancelled());
  }

  @Test
  void workThatCannotStartFreesItsTurn() {
    for (int i = 0; i < 5; i++) {
      CompletableFuture<String> failed =
          turns.take(() -> {
            throw new IllegalStateException("no");
          });
      assertTrue(failed.isCompletedExceptionally());
    }
    var _ = take();
    assertEquals(1, begun.size());
  }

  /** F36: like an executor that cannot start a thread. */
  @Test
  void f36_workThatThrowsAnErrorFailsAndFreesItsTurn() {
    for (int i = 0; i < 3; i++) {
      var failed =
          turns.<String>take(() -> {
            throw new OutOfMemoryError("unable to create native thread");
          });
      assertTrue(failed.isCompletedExceptionally());
    }
    var _ = take();
    assertEquals(1, begun.size());
  }
}
