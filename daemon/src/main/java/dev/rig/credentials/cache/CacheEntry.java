package dev.rig.credentials.cache;

import dev.rig.credentials.concurrent.UncaughtErrors;
import dev.rig.credentials.time.Scheduler.Cancellable;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One key: its value, the load under way, the last failure. Its monitor guards all fields; no
 * foreign code is called while it is held.
 */
final class CacheEntry<V> {
  private static final Duration LONGEST_TIMER = Duration.ofDays(365);

  private final Supplier<CompletableFuture<V>> loader;
  private final Duration patience;
  private final Predicate<Throwable> shortage;
  private final Function<V, Instant> expiry;
  private final CachePolicy policy;
  private final Time time;
  private final RandomGenerator random;
  private final Runnable changed;
  private final LongAdder hits = new LongAdder();

  private volatile @Nullable CachedValue<V> held;
  private @Nullable V last;
  private volatile long askedNanos;
  private @Nullable CompletableFuture<V> inFlight;
  private @Nullable CompletableFuture<V> source;
  private @Nullable Cancellable timer;
  private @Nullable LoadFailedException failure;
  private long retryNanos;
  private int failures;
  private long loads;
  private @Nullable Instant lastLoad;
  private @Nullable Duration lastLoadTook;
  private @Nullable Long rejectedNanos;
  private boolean closed;

  /** Whether a request waits for the load under way. */
  private boolean awaited;

  /** Whether a client has received the held value. */
  private volatile boolean handedOut;

  /** A value with its expiry by both clocks; the earlier one counts (F10). */
  private record CachedValue<V>(V value, Instant expiresAt, long endNanos, long lifeNanos) {
    boolean live(Time time) {
      return lifeNanos == Long.MAX_VALUE
          || (time.nanos() - endNanos < 0 && time.now().isBefore(expiresAt));
    }
  }

  /** One instant by both clocks. */
  private record Moment(Instant wall, long nanos) {}

  CacheEntry(
      Supplier<CompletableFuture<V>> loader,
      Duration patience,
      Predicate<Throwable> shortage,
      Function<V, Instant> expiry,
      CachePolicy policy,
      Time time,
      RandomGenerator random,
      Runnable changed) {
    this.loader = loader;
    this.patience = patience;
    this.shortage = shortage;
    this.expiry = expiry;
    this.policy = policy;
    this.time = time;
    this.random = random;
    this.changed = changed;
    this.askedNanos = time.nanos();
  }

  /** Returns the live value without waiting; null if absent. */
  @Nullable V live() {
    V value = peek();
    if (value != null) {
      askedNanos = time.nanos();
      handedOut = true;
      hits.increment();
    }
    return value;
  }

  /** Returns the live value without counting as a request; null if absent. */
  @Nullable V peek() {
    var now = held;
    return now == null || !now.live(time) ? null : now.value();
  }

  /** Returns the live value, or the result of the single load under way. */
  CompletableFuture<V> get() {
    return get(true);
  }

  /** Returns the live value or the result of the load, without counting as a request. */
  CompletableFuture<V> renew() {
    return get(false);
  }

  private CompletableFuture<V> get(boolean question) {
    V value = question ? live() : peek();
    if (value != null) {
      return CompletableFuture.completedFuture(value);
    }
    if (question) {
      askedNanos = time.nanos();
    }
    CompletableFuture<V> flight;
    synchronized (this) {
      // Checked again because the load may have ended since the check above.
      value = question ? live() : peek();
      if (value != null) {
        return CompletableFuture.completedFuture(value);
      }
      awaited |= question;
      if (inFlight != null) {
        return inFlight.copy();
      }
      if (failure != null && time.nanos() - retryNanos < 0) {
        return CompletableFuture.failedFuture(failure);
      }
      flight = depart();
    }
    return begin(flight).copy();
  }

  /**
   * Starts the first load of a key without a value or failure; completes immediately if there is
   * nothing to do.
   */
  CompletableFuture<?> prefetch() {
    synchronized (this) {
      if (inFlight == null && (held != null || failure != null)) {
        return CompletableFuture.completedFuture(null);
      }
    }
    return load().copy();
  }

  /** Starts a load unless one is under way. */
  CompletableFuture<V> load() {
    CompletableFuture<V> flight;
    synchronized (this) {
      if (inFlight != null) {
        return inFlight;
      }
      flight = depart();
    }
    return begin(flight);
  }

  /** Registers a load as under way; returns a failed future if the key is closed. */
  private CompletableFuture<V> depart() {
    var flight = new CompletableFuture<V>();
    if (closed) {
      flight.completeExceptionally(LoadFailedException.dropped(time.now()));
      return flight;
    }
    inFlight = flight;
    lastLoad = time.now();
    return flight;
  }

  private CompletableFuture<V> begin(CompletableFuture<V> flight) {
    if (!flight.isDone()) {
      begin(flight, true);
    }
    return flight;
  }

  /**
   * Calls the loader for a registered load.
   *
   * @param first false for the second call, after a jump of the clock has expired the value
   */
  private void begin(CompletableFuture<V> flight, boolean first) {
    var began = new Moment(time.now(), time.nanos());
    // Ends the load even if the loader's worker never does.
    var deadline = time.scheduler().schedule(patience, () -> timedOut(flight, began, first));
    CompletableFuture<V> loading;
    try {
      loading = loader.get();
    } catch (RuntimeException | Error e) {
      loading = CompletableFuture.failedFuture(e);
    }
    synchronized (this) {
      if (isUnderWay(flight)) {
        source = loading;
      } else {
        loading.cancel(true);
      }
    }
    var _ =
        loading.whenComplete((value, thrown) -> {
          deadline.cancel();
          UncaughtErrors.reportCause(thrown);
          ended(flight, began, first, value, thrown);
        });
  }

  private void timedOut(CompletableFuture<V> flight, Moment began, boolean first) {
    CompletableFuture<V> loading;
    synchronized (this) {
      loading = isUnderWay(flight) ? source : null;
    }
    var late = new TimeoutException("it took longer than " + patience.toMillis() / 1000.0 + " s");
    ended(flight, began, first, null, late);
    if (loading != null) {
      loading.cancel(true);
    }
  }

  private void ended(
      CompletableFuture<V> flight,
      Moment began,
      boolean first,
      @Nullable V value,
      @Nullable Throwable thrown) {
    LoadFailedException failed = null;
    boolean again = false;
    synchronized (this) {
      if (!isUnderWay(flight)) {
        return; // closed in the meantime; the requests have been answered
      }
      source = null;
      loads++;
      lastLoadTook = Duration.ofNanos(time.nanos() - began.nanos());
      if (value != null && install(value, began)) {
        inFlight = null;
        failure = null;
        failures = 0;
        handedOut = awaited;
        awaited = false;
      } else if (first && value != null && left(value, began) > 0) {
        again = true;
      } else {
        inFlight = null;
        failed =
            value == null
                ? fail(reason(thrown), thrown)
                : fail("its credential had already expired", null);
      }
    }
    if (again) {
      begin(flight, false);
    } else if (failed != null) {
      flight.completeExceptionally(failed);
    } else {
      changed.run();
      flight.complete(value);
    }
  }

  /** Stores a value and schedules its refresh; returns false if it has expired already. */
  private boolean install(V value, Moment began) {
    var expiresAt = expiry.apply(value);
    if (expiresAt.equals(Instant.MAX)) {
      last = value;
      held = new CachedValue<>(value, expiresAt, 0, Long.MAX_VALUE);
      return true;
    }
    // Uses the clock now and at the start of the load: a clock that was set back in between would
    // prolong the value (F10).
    long nanos = Math.min(nanos(time.now(), expiresAt), left(value, began));
    if (nanos <= 0) {
      return false;
    }
    last = value;
    held = new CachedValue<>(value, expiresAt, time.nanos() + nanos, nanos);
    double left = 1 - policy.refreshFrom();
    double at = policy.refreshFrom() + left * random.nextDouble() / 2;
    arm(Duration.ofNanos((long) (nanos * at)));
    return true;
  }

  /**
   * Returns the remaining life of a value in nanoseconds, by the clock at the start of the load.
   */
  private long left(V value, Moment began) {
    return nanos(began.wall(), expiry.apply(value)) - (time.nanos() - began.nanos());
  }

  private static long nanos(Instant from, Instant to) {
    var distance = Duration.between(from, to);
    return distance.compareTo(LONGEST_TIMER) > 0 ? LONGEST_TIMER.toNanos() : distance.toNanos();
  }

  private LoadFailedException fail(String reason, @Nullable Throwable cause) {
    boolean passes = cause != null && (cause instanceof TimeoutException || shortage.test(cause));
    failures += passes ? 0 : 1;
    var pause = policy.backoff().pause(passes ? 1 : failures, random);
    retryNanos = time.nanos() + pause.toNanos();
    var failed = new LoadFailedException(reason, time.now().plus(pause), cause);
    failure = failed;
    arm(pause);
    return failed;
  }

  private void arm(Duration delay) {
    if (timer != null) {
      timer.cancel();
    }
    boolean ahead = policy.refreshFrom() < 1;
    timer = closed || !ahead ? null : time.scheduler().schedule(delay, this::refresh);
  }

  /**
   * Loads ahead of the expiry when the timer fires, unless there was no request for a long time.
   */
  private void refresh() {
    var now = held;
    long life = now == null ? policy.backoff().longest().toNanos() : now.lifeNanos();
    boolean wanted = time.nanos() - askedNanos <= saturated(life, policy.keptWarmFor());
    if (wanted) {
      var _ = load();
    }
  }

  private static long saturated(long nanos, int times) {
    return nanos > Long.MAX_VALUE / times ? Long.MAX_VALUE : nanos * times;
  }

  /**
   * Discards exactly this value and starts a load.
   *
   * @return false if another value is held, or a rejection was accepted shortly before
   */
  boolean reject(V value) {
    synchronized (this) {
      long now = time.nanos();
      boolean same = held != null && isSame(held.value(), value);
      boolean tooSoon =
          rejectedNanos != null && now - rejectedNanos < policy.rejectionPause().toNanos();
      if (!same || tooSoon) {
        return false;
      }
      held = null;
      rejectedNanos = now;
    }
    changed.run();
    var _ = load();
    return true;
  }

  /**
   * Discards the held value for a client that does not know which value it received; a value that
   * no client has received stays.
   */
  boolean rejectHandedOut() {
    var now = held;
    return now != null && handedOut && reject(now.value());
  }

  @SuppressWarnings("ReferenceEquality") // a later value may be equal but is a different one
  private static boolean isSame(Object held, Object other) {
    return held == other;
  }

  private boolean isUnderWay(CompletableFuture<V> flight) {
    return inFlight != null && isSame(inFlight, flight);
  }

  /** Stores a value from another source, such as one saved before a restart, unless one is held. */
  synchronized void restore(V value) {
    if (held == null && !closed) {
      install(value, new Moment(time.now(), time.nanos()));
    }
  }

  /** Stores an expired value as the last one, unless there was one. */
  synchronized void recall(V value) {
    last = last == null ? value : last;
  }

  /** Closes the key: cancels the load and fails the requests that wait for it. */
  void close() {
    CompletableFuture<V> flight;
    CompletableFuture<V> loading;
    synchronized (this) {
      closed = true;
      held = null;
      flight = inFlight;
      loading = source;
      inFlight = null;
      source = null;
      if (timer != null) {
        timer.cancel();
      }
    }
    if (flight != null) {
      flight.completeExceptionally(LoadFailedException.dropped(time.now()));
    }
    if (loading != null) {
      loading.cancel(true);
    }
  }

  long askedNanos() {
    return askedNanos;
  }

  synchronized CacheEntryState<V> state() {
    var now = held;
    return new CacheEntryState<>(
        now != null && now.live(time) ? now.value() : null,
        last,
        inFlight != null,
        hits.sum(),
        loads,
        lastLoad,
        lastLoadTook,
        failure == null
            ? null
            : new CacheEntryState.LoadFailure(
                reason(failure), Math.max(1, failures), failure.nextAttempt(), failure.getCause()));
  }

  private static String reason(@Nullable Throwable thrown) {
    var cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    var message = cause == null ? null : cause.getMessage();
    return message == null ? "it failed without a reason" : message;
  }
}
