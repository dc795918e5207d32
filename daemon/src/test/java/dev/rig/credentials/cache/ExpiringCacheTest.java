package dev.rig.credentials.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.time.Backoff;
import dev.rig.credentials.time.Ticker;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExpiringCacheTest {
  private record Value(String text, Instant expiresAt) {}

  private final FakeTime time = new FakeTime();
  private final List<CompletableFuture<Value>> loads = new ArrayList<>();
  private final CachePolicy policy =
      new CachePolicy(
          0.8,
          3,
          new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60)),
          Duration.ofSeconds(10),
          3);
  private final ExpiringCache<String, Value> cache =
      new ExpiringCache<>(this::load, Value::expiresAt, policy, time.time(), new Random(1));

  private CompletableFuture<Value> load(String key) {
    var load = new CompletableFuture<Value>();
    loads.add(load);
    return load;
  }

  private Value value(String text, Duration life) {
    return new Value(text, time.now().plus(life));
  }

  private Value loaded(Duration life) {
    var asked = cache.get("k");
    var value = value("v" + loads.size(), life);
    loads.getLast().complete(value);
    assertSame(value, asked.join());
    return value;
  }

  private static LoadFailedException failure(CompletableFuture<Value> future) {
    var thrown = assertThrows(ExecutionException.class, future::get);
    return assertInstanceOf(LoadFailedException.class, thrown.getCause());
  }

  private static @Nullable String text(@Nullable Value value) {
    return value == null ? null : value.text();
  }

  /** F21: one load for any number of requests. */
  @Test
  void f21_manyRequestsShareOneLoad() {
    var asked = new ArrayList<CompletableFuture<Value>>();
    for (int i = 0; i < 10_000; i++) {
      asked.add(cache.get("k"));
    }
    assertEquals(1, loads.size());
    var value = value("one", Duration.ofHours(1));
    loads.getFirst().complete(value);
    asked.forEach(future -> assertSame(value, future.join()));
    assertEquals(1, loads.size());
  }

  @Test
  void cancellingOneRequestAffectsNoOther() {
    var first = cache.get("k");
    var second = cache.get("k");
    first.cancel(true);
    var value = value("v", Duration.ofHours(1));
    loads.getFirst().complete(value);
    assertSame(value, second.join());
  }

  @Test
  void expiredValueIsNeverServed() {
    loaded(Duration.ofSeconds(100));
    time.jump(Duration.ofSeconds(100));
    assertNull(cache.live("k"));
    var asked = cache.get("k");
    assertFalse(asked.isDone());
    assertEquals(2, loads.size());
  }

  /** F10: the wall clock goes back; the monotonic one still ends the value. */
  @Test
  void f10_clockSetBackProlongsNothing() {
    loaded(Duration.ofSeconds(100));
    time.jump(Duration.ofHours(-1));
    time.advance(Duration.ofSeconds(79));
    assertEquals("v1", text(cache.live("k")));
    time.advance(Duration.ofSeconds(21));
    assertNull(cache.live("k"));
  }

  /** F10: the wall clock goes back while a load is under way. */
  @Test
  void f10_clockSetBackDuringALoadProlongsNothing() {
    var asked = cache.get("k");
    var value = value("v1", Duration.ofSeconds(100));
    time.advance(Duration.ofSeconds(20));
    time.jump(Duration.ofHours(-1));
    loads.getFirst().complete(value);
    assertSame(value, asked.join());
    time.advance(Duration.ofSeconds(79));
    assertSame(value, cache.live("k"));
    time.advance(Duration.ofSeconds(1));
    assertNull(cache.live("k"));
  }

  /** F10: the wall clock goes forward while a load is under way: no request notices. */
  @Test
  void f10_clockSetForwardDuringALoadCausesOneMoreLoad() {
    var asked = cache.get("k");
    var voided = value("v1", Duration.ofMinutes(30));
    time.jump(Duration.ofHours(1));
    loads.getFirst().complete(voided);
    assertFalse(asked.isDone());
    assertEquals(2, loads.size());
    var value = value("v2", Duration.ofMinutes(30));
    loads.getLast().complete(value);
    assertSame(value, asked.join());
    assertSame(value, cache.live("k"));
  }

  /** F10: a clock that jumps in every run causes no endless load. */
  @Test
  void f10_clockSetForwardInBothRunsIsAFailure() {
    var asked = cache.get("k");
    for (int run = 0; run < 2; run++) {
      var voided = value("v", Duration.ofMinutes(30));
      time.jump(Duration.ofHours(1));
      loads.getLast().complete(voided);
    }
    assertTrue(asked.isCompletedExceptionally());
    assertEquals(2, loads.size());
  }

  /** F10: the wall clock goes forward: one load for any number of requests. */
  @Test
  void f10_clockSetForwardCausesOneLoad() {
    loaded(Duration.ofMinutes(30));
    time.jump(Duration.ofHours(1));
    for (int i = 0; i < 100; i++) {
      assertFalse(cache.get("k").isDone());
    }
    assertEquals(2, loads.size());
  }

  @Test
  void valueIsRefreshedAheadWhileTheOldOneIsServed() {
    loaded(Duration.ofSeconds(100));
    time.advance(Duration.ofSeconds(79));
    assertEquals(1, loads.size());
    time.advance(Duration.ofSeconds(12));
    assertEquals(2, loads.size(), "refreshed between 80 % and 90 %");
    assertEquals("v1", cache.get("k").join().text());
    loads.getLast().complete(value("v2", Duration.ofSeconds(100)));
    assertEquals("v2", cache.get("k").join().text());
  }

  @Test
  void failingRefreshIsRetriedAndTheOldValueIsServedUntilItExpires() {
    loaded(Duration.ofSeconds(100));
    time.advance(Duration.ofSeconds(91));
    loads.getLast().completeExceptionally(new IllegalStateException("no network"));
    assertEquals("v1", cache.get("k").join().text());
    time.advance(Duration.ofSeconds(2));
    assertEquals(3, loads.size(), "tried again behind the pause");
    loads.getLast().completeExceptionally(new IllegalStateException("no network"));
    time.advance(Duration.ofSeconds(6));
    assertEquals("v1", cache.get("k").join().text());
    time.advance(Duration.ofSeconds(1));
    assertNull(cache.live("k"));
  }

  @Test
  void valueWithoutRequestsIsNotKeptWarmForever() {
    loaded(Duration.ofSeconds(100));
    for (int i = 0; i < 100; i++) {
      time.advance(Duration.ofSeconds(10));
      if (!loads.getLast().isDone()) {
        loads.getLast().complete(value("v", Duration.ofSeconds(100)));
      }
    }
    assertTrue(loads.size() >= 3 && loads.size() <= 5, "loads: " + loads.size());
    assertEquals(0, time.pending());
  }

  @Test
  void failureIsRememberedAndAnsweredImmediately() {
    var asked = cache.get("k");
    loads.getFirst().completeExceptionally(new IllegalStateException("exited with status 3"));
    var failure = failure(asked);
    assertEquals("exited with status 3", failure.getMessage());
    assertTrue(failure.nextAttempt().isAfter(time.now()));
    assertEquals("exited with status 3", failure(cache.get("k")).getMessage());
    assertEquals(1, loads.size());
    time.advance(Duration.ofSeconds(1));
    var again = cache.get("k");
    assertEquals(2, loads.size());
    var value = value("v", Duration.ofHours(1));
    loads.getLast().complete(value);
    assertSame(value, again.join());
    assertNull(cache.state("k").orElseThrow().failure());
  }

  @Test
  void pausesBetweenFailuresGrowToTheirLimit() {
    var random = new Random(2);
    var backoff = policy.backoff();
    for (int failures = 1; failures < 100; failures++) {
      var full = Math.min(60.0, Math.pow(2, failures - 1));
      var pause = backoff.pause(failures, random).toMillis() / 1000.0;
      assertTrue(pause >= full / 2 - 0.01 && pause <= full, failures + ": " + pause);
    }
  }

  @Test
  void loaderThatThrowsIsAFailure() {
    var broken =
        new ExpiringCache<String, Value>(
            key -> {
              throw new IllegalStateException("cannot begin");
            },
            Value::expiresAt,
            policy,
            time.time(),
            new Random(1));
    assertEquals("cannot begin", failure(broken.get("k")).getMessage());
  }

  @Test
  void valueThatHasExpiredOnArrivalIsRejected() {
    var asked = cache.get("k");
    loads.getFirst().complete(value("late", Duration.ZERO));
    assertEquals("its credential had already expired", failure(asked).getMessage());
  }

  @Test
  void rejectionDropsExactlyThatValue() {
    var first = loaded(Duration.ofHours(1));
    assertTrue(cache.reject("k", first));
    assertEquals(2, loads.size());
    assertFalse(cache.get("k").isDone());
    var second = value("second", Duration.ofHours(1));
    loads.getLast().complete(second);
    assertFalse(cache.reject("k", first), "an older value's rejection");
    assertFalse(cache.reject("k", second), "within the pause");
    assertSame(second, cache.live("k"));
    time.advance(Duration.ofSeconds(10));
    assertTrue(cache.reject("k", second));
  }

  @Test
  void unusedKeysAreDroppedWithTheirLoad() {
    var asked = cache.get("k");
    cache.retain(key -> false);
    assertTrue(loads.getFirst().isCancelled());
    assertEquals("its entry was changed during the request", failure(asked).getMessage());
    assertTrue(cache.state("k").isEmpty());
  }

  @Test
  void numberOfKeysIsBounded() {
    for (var key : List.of("a", "b", "c")) {
      var _ = cache.get(key);
      time.advance(Duration.ofNanos(1));
    }
    var _ = cache.get("d");
    assertTrue(cache.state("a").isEmpty(), "the one asked for longest ago");
    assertTrue(cache.state("d").isPresent());
  }

  @Test
  void restoredValueServesWithoutALoad() {
    cache.restore("k", value("kept", Duration.ofHours(1)));
    assertEquals("kept", cache.get("k").join().text());
    assertEquals(0, loads.size());
    cache.restore("old", value("over", Duration.ofSeconds(-1)));
    assertNull(cache.live("old"));
  }

  @Test
  void stateShowsTheHistoryOfAKey() {
    loaded(Duration.ofSeconds(100));
    assertEquals("v1", text(cache.live("k")));
    var state = cache.state("k").orElseThrow();
    assertEquals(1, state.hits());
    assertEquals(1, state.loads());
    assertNotEquals(null, state.lastLoad());
    assertFalse(state.loading());
  }

  /**
   * F21: the load ends between a request's check for a value and its check for a load under way.
   */
  @Test
  void loadThatEndsDuringARequestIsNotRepeated() {
    var hook = new AtomicReference<Runnable>(() -> {});
    Ticker interrupting =
        () -> {
          hook.getAndSet(() -> {}).run();
          return time.nanos();
        };
    var raced =
        new ExpiringCache<String, Value>(
            this::load,
            Value::expiresAt,
            policy,
            new Time(time::now, interrupting, time),
            new Random(1));
    var _ = raced.get("k");
    var value = value("v", Duration.ofHours(1));
    hook.set(() -> loads.getFirst().complete(value));
    assertSame(value, raced.get("k").join());
    assertEquals(1, loads.size());
  }

  @Test
  void prefetchedValueWithoutRequestsIsNotKeptWarmForever() {
    var _ = cache.prefetch("k");
    for (int i = 0; i < 100; i++) {
      if (!loads.getLast().isDone()) {
        loads.getLast().complete(value("v", Duration.ofSeconds(100)));
      }
      time.advance(Duration.ofSeconds(10));
    }
    assertTrue(loads.size() >= 3 && loads.size() <= 5, "loads: " + loads.size());
    assertEquals(0, time.pending());
  }

  @Test
  void prefetchDoesNotReloadAKnownKey() {
    loaded(Duration.ofHours(1));
    assertTrue(cache.prefetch("k").isDone());
    assertEquals(1, loads.size());
    var first = cache.prefetch("other");
    var second = cache.prefetch("other");
    assertEquals(2, loads.size());
    loads.getLast().completeExceptionally(new IllegalStateException("no network"));
    assertTrue(first.isDone() && second.isDone());
    assertTrue(cache.prefetch("other").isDone());
    assertEquals(2, loads.size());
  }

  @Test
  void firstLoadThatFailsIsTriedAgainInTheBackgroundForAWhile() {
    var _ = cache.prefetch("k");
    for (int i = 0; i < 1000; i++) {
      if (!loads.getLast().isDone()) {
        loads.getLast().completeExceptionally(new IllegalStateException("no network"));
      }
      time.advance(Duration.ofSeconds(1));
    }
    assertTrue(loads.size() >= 6 && loads.size() <= 16, "loads: " + loads.size());
    assertEquals(0, time.pending(), "it gives up after three of the longest pauses");
  }

  @Test
  void recoveryNeedsNoRequest() {
    var asked = cache.get("k");
    loads.getFirst().completeExceptionally(new IllegalStateException("no network"));
    assertEquals("no network", failure(asked).getMessage());
    time.advance(Duration.ofSeconds(1));
    loads.getLast().complete(value("v2", Duration.ofHours(1)));
    assertEquals("v2", text(cache.live("k")));
  }

  @Test
  void rejectionOfAnUnknownValueKeepsOneThatNoClientReceived() {
    loaded(Duration.ofSeconds(100));
    assertEquals("v1", text(cache.live("k")));
    time.advance(Duration.ofSeconds(91));
    loads.getLast().complete(value("v2", Duration.ofSeconds(100)));
    assertFalse(cache.rejectHandedOut("k"), "the client speaks of v1");
    assertEquals("v2", text(cache.peek("k")));
    assertEquals("v2", text(cache.live("k")));
    assertTrue(cache.rejectHandedOut("k"));
    assertNull(cache.live("k"));
    assertEquals(3, loads.size());
  }

  @Test
  void valueThatARequestWaitedForCountsAsReceived() {
    loaded(Duration.ofHours(1));
    assertTrue(cache.rejectHandedOut("k"));
  }

  @Test
  void peekingIsNotARequest() {
    cache.restore("k", value("v", Duration.ofHours(1)));
    assertEquals("v", text(cache.peek("k")));
    assertEquals(0, cache.state("k").orElseThrow().hits());
    assertFalse(cache.rejectHandedOut("k"));
  }

  /** K3: a listing must neither keep a value warm, nor mark it as received by a client. */
  @Test
  void renewingIsNotARequest() {
    var renewed = cache.renew("k");
    loads.getLast().complete(value("v", Duration.ofHours(1)));
    assertEquals("v", renewed.join().text());
    assertEquals("v", cache.renew("k").join().text());
    assertEquals(1, loads.size());
    assertEquals(0, cache.state("k").orElseThrow().hits());
    assertFalse(cache.rejectHandedOut("k"));
  }

  @Test
  void expiredValueIsTheLastOneAndNeverServed() {
    cache.recall("k", value("old", Duration.ofHours(-1)));
    assertNull(cache.live("k"));
    assertEquals("old", text(cache.state("k").orElseThrow().last()));
    var asked = cache.get("k");
    loads.getLast().complete(value("new", Duration.ofHours(1)));
    assertEquals("new", asked.join().text());
    cache.recall("k", value("old", Duration.ofHours(-1)));
    time.advance(Duration.ofHours(2));
    assertEquals("new", text(cache.state("k").orElseThrow().last()));
  }

  @Test
  void changesAreReported() {
    var changes = new ArrayList<String>();
    var telling =
        new ExpiringCache<String, Value>(
            this::load,
            Value::expiresAt,
            policy,
            time.time(),
            new Random(1),
            () -> changes.add("x"));
    var _ = telling.get("k");
    var value = value("v", Duration.ofHours(1));
    loads.getLast().complete(value);
    assertEquals(1, changes.size());
    telling.eachState((key, state) -> assertSame(value, state.value()));
    assertTrue(telling.reject("k", value));
    assertEquals(2, changes.size());
    telling.eachState((key, state) -> {
      assertNull(state.value());
      assertSame(value, state.last());
    });
    assertEquals(2, changes.size());
  }

  private final class Patient implements CacheLoader<String, Value> {
    @Override
    public CompletableFuture<Value> load(String key) {
      return ExpiringCacheTest.this.load(key);
    }

    @Override
    public Duration patience(String key) {
      return Duration.ofSeconds(5);
    }
  }

  /** F36: whether or not its worker still runs. */
  @Test
  void f36_loadThatNeverEndsFailsAtItsDeadlineAndTheNextOneSucceeds() {
    try (var patient =
        new ExpiringCache<>(new Patient(), Value::expiresAt, policy, time.time(), new Random(1))) {
      var asked = patient.get("k");
      time.advance(Duration.ofMillis(4_999));
      assertFalse(asked.isDone());
      time.advance(Duration.ofMillis(1));
      assertEquals("it took longer than 5.0 s", failure(asked).getMessage());
      assertTrue(loads.getFirst().isCancelled(), "its worker is told");
      assertFalse(patient.state("k").orElseThrow().loading());
      time.advance(Duration.ofSeconds(1));
      var again = patient.get("k");
      var value = value("v", Duration.ofHours(1));
      loads.getLast().complete(value);
      assertSame(value, again.join());
      time.advance(Duration.ofSeconds(10));
      assertSame(value, patient.live("k"), "the deadline of a load that has ended is gone");
    }
  }

  /** A loader whose failures with this text count as caused by a shortage. */
  private final class ShortOfProcesses implements CacheLoader<String, Value> {
    @Override
    public CompletableFuture<Value> load(String key) {
      return ExpiringCacheTest.this.load(key);
    }

    @Override
    public boolean isShortage(Throwable failure) {
      return "no process".equals(failure.getMessage());
    }
  }

  /** F36: a failure caused by a shortage does not predict the next attempt. */
  @Test
  void f36_pausesDoNotGrowWhileAShortageLasts() {
    try (var poor =
        new ExpiringCache<>(
            new ShortOfProcesses(), Value::expiresAt, policy, time.time(), new Random(1))) {
      for (int attempt = 0; attempt < 10; attempt++) {
        var asked = poor.get("k");
        loads.getLast().completeExceptionally(new IllegalStateException("no process"));
        var next = Duration.between(time.now(), failure(asked).nextAttempt());
        assertTrue(next.compareTo(Duration.ofSeconds(1)) <= 0, next::toString);
        time.advance(next);
      }
      var last = Duration.ZERO;
      for (int attempt = 0; attempt < 5; attempt++) {
        var asked = poor.get("k");
        loads.getLast().completeExceptionally(new IllegalStateException("exited with status 3"));
        last = Duration.between(time.now(), failure(asked).nextAttempt());
        time.advance(last);
      }
      assertTrue(last.compareTo(Duration.ofSeconds(8)) >= 0, last::toString);
    }
  }

  /** F36: like an executor that cannot start a thread. */
  @Test
  void f36_loaderThatThrowsAnErrorIsAFailureAndTheNextLoadSucceeds() {
    var shortage = new AtomicBoolean(true);
    try (var poor =
        new ExpiringCache<String, Value>(
            key -> {
              if (shortage.get()) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return load(key);
            },
            Value::expiresAt,
            policy,
            time.time(),
            new Random(1))) {
      assertEquals("unable to create native thread", failure(poor.get("k")).getMessage());
      shortage.set(false);
      time.advance(Duration.ofSeconds(1));
      var asked = poor.get("k");
      var value = value("v", Duration.ofHours(1));
      loads.getLast().complete(value);
      assertSame(value, asked.join());
    }
  }
}
