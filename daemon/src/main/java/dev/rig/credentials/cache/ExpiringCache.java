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
 * Values that expire and are dear to load.
 *
 * <p>However many ask for a key, one load is under way at the most. A value is refreshed ahead of
 * its end; while that fails it serves until its end, and never past it. A failure is remembered for
 * a while and answered at once.
 *
 * @param <K> the key, with {@code equals} and {@code hashCode}
 * @param <V> the value; compared by identity where one is rejected
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
   * An empty cache.
   *
   * @param expiry when a value ends; {@link Instant#MAX} for never
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
   * An empty cache that tells when its values change.
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

  /** From now on holds that many keys at the most. */
  public void resize(int keys) {
    maximumKeys = keys;
  }

  /** The live value from memory; null when it would have to be loaded. */
  public @Nullable V live(K key) {
    var entry = entries.get(key);
    return entry == null ? null : entry.live();
  }

  /** The same for who only looks, which does not count as a question; null for nothing. */
  public @Nullable V peek(K key) {
    var entry = entries.get(key);
    return entry == null ? null : entry.peek();
  }

  /** Shows what is known of every key. */
  public void eachState(BiConsumer<K, CacheEntryState<V>> consumer) {
    entries.forEach((key, entry) -> consumer.accept(key, entry.state()));
  }

  /**
   * Begins to load a key that nobody has asked for yet; one with a value or a failure stays as it
   * is.
   *
   * @return completes, well or not, when no load of the key is under way
   */
  public CompletableFuture<?> prefetch(K key) {
    return entry(key).prefetch();
  }

  /**
   * The live value, or what one shared load brings.
   *
   * @return fails with a {@link LoadFailedException}; cancelling it disturbs nobody else
   */
  public CompletableFuture<V> get(K key) {
    return entry(key).get();
  }

  /** The same for who only looks, which does not count as a question. */
  public CompletableFuture<V> renew(K key) {
    return entry(key).renew();
  }

  /**
   * Drops the value because somebody says that it is not accepted, and loads again.
   *
   * @return false when another value is held by now, or another rejection was believed a moment ago
   */
  public boolean reject(K key, V value) {
    var entry = entries.get(key);
    return entry != null && entry.reject(value);
  }

  /**
   * Drops the held value for somebody who cannot say which one it was given. A value that nobody
   * has been given yet stays.
   *
   * @return false when nothing was dropped
   */
  public boolean rejectHandedOut(K key) {
    var entry = entries.get(key);
    return entry != null && entry.rejectHandedOut();
  }

  /** Takes a value that was loaded earlier, unless the key has one; one that is over is ignored. */
  public void restore(K key, V value) {
    entry(key).restore(value);
  }

  /** Takes a value that is over as the last one of its key, unless there was one. */
  public void recall(K key, V value) {
    entry(key).recall(value);
  }

  /** Drops every key that is not wanted any more, with its load. */
  public void retain(Predicate<K> wanted) {
    entries
        .keySet()
        .forEach(key -> {
          if (!wanted.test(key)) {
            drop(key);
          }
        });
  }

  /** What is known of a key; empty when nobody has asked for it yet. */
  public Optional<CacheEntryState<V>> state(K key) {
    var entry = entries.get(key);
    return entry == null ? Optional.empty() : Optional.of(entry.state());
  }

  /** Cancels the loads under way and forgets everything. */
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
