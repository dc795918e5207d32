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
 * Leases that belong to one service account each, separate from all other leases: no other kind of
 * key can reach them.
 *
 * <p>They are not refreshed ahead, because a refresh needs a valid token and the next request
 * brings one. A token is kept only for the run that needs it.
 */
final class ServiceAccountLeases {
  /**
   * The limit of service accounts with their registries on one node; the least recently requested
   * is dropped.
   */
  static final int MOST = 1024;

  /**
   * The key of such a lease.
   *
   * @param annotations part of the key because scripts use them, for example a role to assume
   */
  private record ServiceAccountKey(
      BrokerEntry entry, ServiceAccount account, Map<String, String> annotations) {}

  private final Time time;
  private final ExpiringCache<ServiceAccountKey, Lease> leases;

  /**
   * The tokens of pending requests; the token that is present when a run starts serves all of them.
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

  /** Returns the account's lease; it expires no later than the token that it was issued for. */
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
            // The credential is the token itself, which ends with its pod: used for this request
            // only.
            leases.retain(other -> !other.equals(key));
          }
        });
  }

  /** Drops the leases of entries that do not match. */
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
