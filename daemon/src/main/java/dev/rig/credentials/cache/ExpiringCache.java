package dev.rig.credentials.cache;

import dev.rig.credentials.time.Time;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A cache of values that expire and are expensive to load.
 *
 * <p>At most one load per key is under way, for any number of requests. A value is refreshed before
 * it expires; while the refresh fails, the value is served until it expires, and never longer. A
 * failure is remembered for a while and answered immediately.
 *
 * @param <K> the key, with {@code equals} and {@code hashCode}
 * @param <V> the value; a rejection compares it by identity
 */
public final class ExpiringCache<K, V> implements AutoCloseable {
  private final CacheLoader<K, V> loader;
  private final Function<V, Instant> expiry;
  private final CachePolicy policy;
  private final Time time;
  private final RandomGenerator random;
  private final Runnable changed;
  private final Map<K, CacheEntry<V>> entries = new ConcurrentHashMap<>();
  private volatile int maximumKeys;

  /**
   * Creates an empty cache.
   *
   * @param expiry when a value expires; {@link Instant#MAX} for never
   * @param random spreads refreshes and retries; need not be secure
   */
  public ExpiringCache(
      CacheLoader<K, V> loader,
      Function<V, Instant> expiry,
      CachePolicy policy,
      Time time,
      RandomGenerator random) {
    this(loader, expiry, policy, time, random, () -> {});
  }

  /**
   * Creates an empty cache with a listener.
   *
   * @param changed called, on any thread, when a value was loaded or rejected; must not block
   */
  public ExpiringCache(
      CacheLoader<K, V> loader,
      Function<V, Instant> expiry,
      CachePolicy policy,
      Time time,
      RandomGenerator random,
      Runnable changed) {
    this.loader = loader;
    this.expiry = expiry;
    this.policy = policy;
    this.time = time;
    this.random = random;
    this.changed = changed;
    this.maximumKeys = policy.maximumKeys();
  }

  /** Changes the limit of keys. */
  public void resize(int keys) {
    maximumKeys = keys;
  }

  /** Returns the live value from memory; null if a load is needed. */
  public @Nullable V live(K key) {
    var entry = entries.get(key);
    return entry == null ? null : entry.live();
  }

  /** Returns the live value without counting as a request; null if absent. */
  public @Nullable V peek(K key) {
    var entry = entries.get(key);
    return entry == null ? null : entry.peek();
  }

  /** Passes the state of every key to the consumer. */
  public void eachState(BiConsumer<K, CacheEntryState<V>> consumer) {
    entries.forEach((key, entry) -> consumer.accept(key, entry.state()));
  }

  /**
   * Starts to load a key without requests; a key with a value or a failure stays as it is.
   *
   * @return completes, whether or not the load succeeded, when no load of the key is under way
   */
  public CompletableFuture<?> prefetch(K key) {
    return entry(key).prefetch();
  }

  /**
   * Returns the live value, or the result of a shared load.
   *
   * @return fails with a {@link LoadFailedException}; cancelling it does not affect other requests
   */
  public CompletableFuture<V> get(K key) {
    return entry(key).get();
  }

  /** Returns the live value or the result of a load, without counting as a request. */
  public CompletableFuture<V> renew(K key) {
    return entry(key).renew();
  }

  /**
   * Discards a value that a registry did not accept, and loads again.
   *
   * @return false if another value is held, or another rejection was accepted shortly before
   */
  public boolean reject(K key, V value) {
    var entry = entries.get(key);
    return entry != null && entry.reject(value);
  }

  /**
   * Discards the held value for a client that does not know which value it received. A value that
   * no client has received stays.
   *
   * @return false if nothing was discarded
   */
  public boolean rejectHandedOut(K key) {
    var entry = entries.get(key);
    return entry != null && entry.rejectHandedOut();
  }

  /** Stores a value that was loaded earlier, unless the key has one; ignores an expired value. */
  public void restore(K key, V value) {
    entry(key).restore(value);
  }

  /** Stores an expired value as the last one of its key, unless there was one. */
  public void recall(K key, V value) {
    entry(key).recall(value);
  }

  /** Drops every key that does not match, with its load. */
  public void retain(Predicate<K> wanted) {
    entries
        .keySet()
        .forEach(key -> {
          if (!wanted.test(key)) {
            drop(key);
          }
        });
  }

  /** Returns the state of a key; empty before the first request for it. */
  public Optional<CacheEntryState<V>> state(K key) {
    var entry = entries.get(key);
    return entry == null ? Optional.empty() : Optional.of(entry.state());
  }

  /** Cancels the loads under way and clears the cache. */
  @Override
  public void close() {
    retain(key -> false);
  }

  private CacheEntry<V> entry(K key) {
    var entry = entries.get(key);
    if (entry != null) {
      return entry;
    }
    if (entries.size() >= maximumKeys) {
      entries.entrySet().stream()
          .min(Comparator.comparingLong(one -> one.getValue().askedNanos()))
          .ifPresent(oldest -> drop(oldest.getKey()));
    }
    return entries.computeIfAbsent(
        key,
        k ->
            new CacheEntry<>(
                () -> loader.load(k),
                loader.patience(k),
                loader::isShortage,
                expiry,
                policy,
                time,
                random,
                changed));
  }

  private void drop(K key) {
    var entry = entries.remove(key);
    if (entry != null) {
      entry.close();
    }
  }
}
