package dev.rig.credentials.broker;

import dev.rig.credentials.cache.CacheLoader;
import dev.rig.credentials.cache.CachePolicy;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.ServiceAccount;
import dev.rig.credentials.credential.ServiceAccountToken;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Leases that belong to one service account each, kept apart from everybody's: no key of another
 * kind can ever reach them.
 *
 * <p>They are not refreshed ahead: a refresh needs a token that is still good, and the next
 * question brings a fresh one. Nor is a token kept longer than the run that it is for.
 */
final class ServiceAccountLeases {
  /** Service accounts and what they pull on one node; the one asked for longest ago is dropped. */
  static final int MOST = 1024;

  /**
   * What such a lease is held for.
   *
   * @param annotations part of it, because scripts decide by them, as by a role to assume
   */
  private record ServiceAccountKey(
      BrokerEntry entry, ServiceAccount account, Map<String, String> annotations) {}

  private final Time time;
  private final ExpiringCache<ServiceAccountKey, Lease> leases;

  /**
   * The tokens of the questions that wait; whichever is there when a run begins serves them all.
   */
  private final Map<ServiceAccountKey, ServiceAccountToken> tokens = new ConcurrentHashMap<>();

  ServiceAccountLeases(Time time) {
    var standard = CachePolicy.standard(MOST);
    var policy =
        new CachePolicy(
            1, 1, standard.backoff(), standard.rejectionPause(), standard.maximumKeys());
    this.time = time;
    this.leases =
        new ExpiringCache<>(new Loader(), Lease::expiresAt, policy, time, new SplittableRandom());
  }

  /** The account's lease; it ends with the token that it was issued for, if not earlier. */
  CompletableFuture<Lease> get(BrokerEntry entry, ServiceAccountToken token) {
    var key = new ServiceAccountKey(entry, token.account(), token.annotations());
    if (!time.now().isBefore(token.expiresAt())) {
      return CompletableFuture.failedFuture(
          new SourceException(ReasonClass.TOKEN, "the pod's service-account token has expired"));
    }
    var live = leases.live(key);
    if (live != null) {
      return CompletableFuture.completedFuture(live);
    }
    tokens.put(key, token);
    return leases
        .get(key)
        .whenComplete((lease, thrown) -> {
          tokens.remove(key, token);
          if (lease != null && lease.credential().secret().equals(token.token())) {
            // The token itself, which ends with its pod: for this question alone.
            leases.retain(other -> !other.equals(key));
          }
        });
  }

  /** Drops the leases of entries that are not wanted any more. */
  void retain(Predicate<BrokerEntry> wanted) {
    leases.retain(key -> wanted.test(key.entry()));
  }

  private final class Loader implements CacheLoader<ServiceAccountKey, Lease> {
    @Override
    public CompletableFuture<Lease> load(ServiceAccountKey key) {
      return issue(key);
    }

    @Override
    public Duration patience(ServiceAccountKey key) {
      return key.entry().source().patience();
    }

    @Override
    public boolean isShortage(Throwable failure) {
      return Broker.LOADER.isShortage(failure);
    }
  }

  private CompletableFuture<Lease> issue(ServiceAccountKey key) {
    var token = tokens.get(key);
    if (token == null) {
      return CompletableFuture.failedFuture(
          new SourceException(ReasonClass.TOKEN, "the service-account token has been withdrawn"));
    }
    var issued = key.entry().source().issue(new SourceRequest(key.entry().registry(), token));
    var capped = issued.thenApply(lease -> endingWith(token, lease));
    var _ =
        capped.whenComplete((lease, thrown) -> {
          if (capped.isCancelled()) {
            issued.cancel(false);
          }
        });
    return capped;
  }

  private static Lease endingWith(ServiceAccountToken token, Lease lease) {
    return lease.expiresAt().isAfter(token.expiresAt())
        ? new Lease(lease.credential(), lease.issuedAt(), token.expiresAt())
        : lease;
  }
}
