package dev.rig.credentials.broker;

import dev.rig.credentials.broker.Explanation.Considered;
import dev.rig.credentials.cache.CacheEntryState;
import dev.rig.credentials.cache.CacheLoader;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.cache.LoadFailedException;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.ServiceAccountToken;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.registry.RegistryCredentials;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the credential for an image: the entry with the longest matching prefix, and that entry's
 * lease. Never blocks; a lease in memory is answered immediately.
 */
public final class Broker implements RegistryCredentials, AutoCloseable {
  /** Obtains leases, for the cache that is passed to the broker. */
  public static final CacheLoader<BrokerEntry, Lease> LOADER =
      new CacheLoader<>() {
        @Override
        public CompletableFuture<Lease> load(BrokerEntry entry) {
          return entry.source().issue(new SourceRequest(entry.registry()));
        }

        @Override
        public Duration patience(BrokerEntry entry) {
          return entry.source().patience();
        }

        @Override
        public boolean isShortage(Throwable failure) {
          return SourceException.classOf(failure) == ReasonClass.SHORTAGE;
        }
      };

  /** How many credentials are prefetched at a time. */
  private static final int PREFETCHED_AT_A_TIME = 4;

  /** How often a lookup that a reload interrupts is retried. */
  private static final int MOST_RETRIES = 3;

  private static final String UNKNOWN = "its credential could not be obtained";

  private static final String WITHOUT_TOKEN =
      "it answers only a kubelet that sends the pod's service-account token (serviceAccount:"
          + " required); give the kubelet's provider tokenAttributes, as \"rig-credentials"
          + " kubelet-config\" prints them, and the pod a service account";

  private final ExpiringCache<BrokerEntry, Lease> leases;
  private final Prefetcher prefetcher;
  private final Time time;
  private final ServiceAccountLeases accountLeases;
  private volatile EntrySnapshot snapshot = new EntrySnapshot(List.of());

  /**
   * Creates a broker without entries, which answers "not found".
   *
   * @param spread delays the prefetch
   */
  public Broker(ExpiringCache<BrokerEntry, Lease> leases, Time time, StartJitter spread) {
    this.leases = leases;
    this.prefetcher =
        new Prefetcher(leases::prefetch, PREFETCHED_AT_A_TIME, spread, time.scheduler());
    this.time = time;
    this.accountLeases = new ServiceAccountLeases(time);
  }

  /** Replaces all entries; leases of unchanged entries stay. */
  public void replace(List<BrokerEntry> entries) {
    snapshot = new EntrySnapshot(entries);
    forgetReplaced();
  }

  private void forgetReplaced() {
    var now = snapshot;
    leases.eachState((old, state) -> {
      var entry = now.successor(old);
      if (entry != null && state.last() != null) {
        keep(leases, entry.at(old.registry()), state.last().credential());
      }
    });
    leases.retain(entry -> snapshot.contains(entry));
    accountLeases.retain(entry -> snapshot.contains(entry));
  }

  /**
   * Keeps what a listing needs of a discarded lease: the host that matched a glob, and the last
   * user name. The secret is never returned.
   */
  static void keep(
      ExpiringCache<BrokerEntry, Lease> leases, BrokerEntry entry, Credential credential) {
    if (!entry.isStatic()) {
      leases.recall(entry, new Lease(credential, Instant.EPOCH, Instant.EPOCH));
    } else if (entry.prefix().isGlob()) {
      var _ = leases.prefetch(entry);
    }
  }

  /** Returns an object that is equal to a later one as long as the entries are not replaced. */
  public Object generation() {
    return snapshot;
  }

  /** Returns the current entries, in the order of the configuration. */
  public List<BrokerEntry> entries() {
    return snapshot.entries();
  }

  /**
   * Prefetches the credentials of scripts that have no lease yet, a few at a time. Skips globs,
   * whose hosts are unknown, and entries that need a pod's token.
   */
  public void prefetch() {
    prefetcher.start(
        snapshot.entries().stream()
            .filter(entry -> !entry.prefix().isGlob() && !entry.isStatic())
            .filter(entry -> entry.serviceAccount() != ServiceAccountUse.REQUIRED)
            .toList());
  }

  /** Stops prefetching; runs under way continue. */
  @Override
  public void close() {
    prefetcher.close();
  }

  /**
   * One lookup.
   *
   * @param alias selects the entry with this alias, regardless of the image; empty for the longest
   *     prefix
   * @param token the token of the pod for which the kubelet asks: an entry that uses tokens answers
   *     with a lease of that service account only; null if absent
   * @param use false for a listing, which does not count as a use of the credential
   * @param mirror whether to look for the entry that is a mirror of the registry, instead of the
   *     registry's own
   */
  public record Question(
      ImageReference reference,
      String alias,
      @Nullable ServiceAccountToken token,
      boolean use,
      boolean mirror) {
    /** Returns the lookup of a client that pulls an image. */
    public static Question about(ImageReference reference) {
      return new Question(reference, "", null, true, false);
    }
  }

  /** Returns the answer for an image; never fails. */
  @Override
  public CompletableFuture<Lookup> lookup(ImageReference reference) {
    return answer(Question.about(reference), entry -> Optional.empty(), lookup -> lookup);
  }

  /**
   * Returns the answer to a lookup; does not fail by itself.
   *
   * @param instead receives the entry that would answer, null if absent, and may answer in its
   *     place, for example with a denial; called again if a reload replaces the entry in the
   *     meantime
   * @param form converts the answer into what the client gets
   */
  public <R> CompletableFuture<R> answer(
      Question question,
      Function<@Nullable BrokerEntry, Optional<R>> instead,
      Function<Lookup, R> form) {
    return answer(question, instead, form, 0);
  }

  private <R> CompletableFuture<R> answer(
      Question question,
      Function<@Nullable BrokerEntry, Optional<R>> instead,
      Function<Lookup, R> form,
      int retries) {
    var now = snapshot;
    var chosen =
        question.mirror()
            ? now.mirror(question.reference())
            : now.find(question.reference(), question.alias());
    var other = instead.apply(chosen);
    if (other.isPresent()) {
      return CompletableFuture.completedFuture(other.get());
    }
    if (chosen == null) {
      return CompletableFuture.completedFuture(form.apply(new Lookup.NotFound(missing(question))));
    }
    var entry = chosen.at(question.reference());
    var prefix = entry.prefix().toString();
    var asked = ask(entry, question);
    if (now != snapshot && !snapshot.contains(entry)) {
      forgetReplaced(); // replaced since the first line
    }
    if (asked.state() == Future.State.SUCCESS) {
      return CompletableFuture.completedFuture(
          form.apply(new Lookup.Found(prefix, asked.resultNow())));
    }
    return asked
        .thenApply(lease -> form.apply(new Lookup.Found(prefix, lease)))
        .exceptionallyCompose(thrown ->
            retries < MOST_RETRIES && isDropped(thrown) && now != snapshot
                ? answer(question, instead, form, retries + 1)
                : CompletableFuture.completedFuture(form.apply(failed(prefix, thrown))));
  }

  private static String missing(Question question) {
    return question.alias().isEmpty()
        ? "no entry matches " + question.reference().name()
        : "no entry has the alias " + question.alias();
  }

  private CompletableFuture<Lease> ask(BrokerEntry entry, Question question) {
    if (question.token() != null && entry.serviceAccount() != ServiceAccountUse.IGNORED) {
      return accountLeases.get(entry, question.token());
    }
    if (entry.serviceAccount() == ServiceAccountUse.REQUIRED) {
      return CompletableFuture.failedFuture(
          new LoadFailedException(
              WITHOUT_TOKEN, Lease.NEVER, new SourceException(ReasonClass.TOKEN, WITHOUT_TOKEN)));
    }
    if (entry.isStatic() && leases.peek(entry) == null) {
      var _ = leases.prefetch(entry); // completes immediately, so that the answer comes from memory
    }
    return question.use() ? leases.get(entry) : leases.renew(entry);
  }

  private static boolean isDropped(Throwable thrown) {
    return cause(thrown) instanceof LoadFailedException failure && failure.isDropped();
  }

  private static @Nullable Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException ? thrown.getCause() : thrown;
  }

  private Lookup failed(String prefix, Throwable thrown) {
    var cause = cause(thrown);
    if (SourceException.classOf(cause) == ReasonClass.NOT_FOUND
        && cause instanceof RuntimeException none) {
      return new Lookup.NotFound(prefix + ": " + reason(none));
    }
    return switch (cause) {
      case LoadFailedException failure ->
          new Lookup.Failed(
              prefix, reason(failure), failure.nextAttempt(), SourceException.classOf(failure));
      case SourceException refused ->
          new Lookup.Failed(prefix, reason(refused), time.now(), refused.reasonClass());
      case null, default -> new Lookup.Failed(prefix, UNKNOWN, time.now());
    };
  }

  private static String reason(RuntimeException failure) {
    var reason = failure.getMessage();
    return reason == null ? UNKNOWN : reason;
  }

  /** Returns whether an entry is a mirror for images of this name. */
  public boolean hasMirror(ImageReference reference) {
    return snapshot.mirror(reference) != null;
  }

  /** Returns the entry that answers for an image or for a non-empty alias; null if absent. */
  public @Nullable BrokerEntry managing(ImageReference reference, String alias) {
    return snapshot.find(reference, alias);
  }

  /**
   * Discards the lease that answers this reference and obtains a new one, for a client that cannot
   * say which lease it received. A lease that no client has received yet stays.
   *
   * @return false if nothing was discarded, also because a rejection was accepted shortly before
   */
  public boolean reject(ImageReference reference, String alias) {
    var entry = managing(reference, alias);
    return entry != null && leases.rejectHandedOut(entry.at(reference));
  }

  /**
   * Discards exactly this lease, which {@link #lookup} returned, and obtains a new one; a newer
   * lease stays.
   *
   * @return false if nothing was discarded, also because a rejection was accepted shortly before
   */
  @Override
  public boolean reject(ImageReference reference, Lease lease) {
    var entry = managing(reference, "");
    return entry != null && leases.reject(entry.at(reference), lease);
  }

  /** Discards everything cached for this reference, because its source changed. */
  public void forget(ImageReference reference, String alias) {
    var entry = managing(reference, alias);
    if (entry != null) {
      var changed = entry.at(reference);
      leases.retain(other -> !other.equals(changed));
    }
  }

  /** Returns whether images of that host may get different credentials. */
  public boolean dividesHost(String host) {
    return snapshot.dividesHost(host);
  }

  /**
   * Returns the registries that clients can ask for, in normal form: the prefixes of entries, the
   * hosts of default entries, and the hosts that matched a glob.
   *
   * @param alias empty for all entries
   */
  public Set<String> registries(String alias) {
    var now = snapshot;
    var entries = alias.isEmpty() ? now.entries() : now.aliased(alias);
    var registries = new LinkedHashSet<String>();
    for (var entry : entries) {
      if (!entry.prefix().isGlob()) {
        add(entry, registries);
      }
    }
    leases.eachState((entry, state) -> {
      if (entry.prefix().isGlob()
          && state.last() != null
          && entries.stream().anyMatch(one -> one.prefix().equals(entry.prefix()))) {
        add(entry, registries);
      }
    });
    return registries;
  }

  private static void add(BrokerEntry entry, Set<String> registries) {
    registries.add(entry.registry());
    if (entry.isDefault()) {
      int slash = entry.registry().indexOf('/');
      registries.add(slash < 0 ? entry.registry() : entry.registry().substring(0, slash));
    }
  }

  /** Returns whether an answer requires a run that has not started yet. */
  public boolean needsRun(ImageReference reference, String alias) {
    var entry = managing(reference, alias);
    if (entry == null || entry.isStatic() || entry.serviceAccount() == ServiceAccountUse.REQUIRED) {
      return false;
    }
    var state = leases.state(entry.at(reference)).orElse(null);
    return state == null
        || (state.value() == null
            && !state.loading()
            && (state.failure() == null || !state.failure().nextAttempt().isAfter(time.now())));
  }

  /** Returns the cached state for a reference, without a lookup; null if absent. */
  public @Nullable CacheEntryState<Lease> state(ImageReference reference, String alias) {
    var entry = managing(reference, alias);
    return entry == null ? null : leases.state(entry.at(reference)).orElse(null);
  }

  /**
   * Returns every entry with the state of its lease; for a glob also the state of each host that
   * matched it.
   */
  public List<EntryState> states() {
    var now = snapshot;
    var hosts = new HashMap<RegistryPrefix, List<EntryState>>();
    leases.eachState((entry, state) -> {
      if (entry.prefix().isGlob() && now.contains(entry)) {
        hosts
            .computeIfAbsent(entry.prefix(), _ -> new ArrayList<>())
            .add(new EntryState(entry, state));
      }
    });
    return now.entries().stream()
        .map(entry ->
            new EntryState(
                entry,
                leases.state(entry).orElse(null),
                hosts.getOrDefault(entry.prefix(), List.of())))
        .toList();
  }

  /** Looks up a reference as for a client and explains the answer; never fails. */
  public CompletableFuture<Explanation> explain(ImageReference reference) {
    var now = snapshot;
    var answering = now.find(reference, "");
    var considered = considered(now, reference);
    return lookup(reference)
        .thenApply(lookup ->
            new Explanation(
                reference.name(),
                considered,
                answering == null
                    ? null
                    : new EntryState(
                        answering.at(reference),
                        leases.state(answering.at(reference)).orElse(null)),
                lookup));
  }

  /** Returns the matching entries, the longest prefix first, without using any. */
  public List<Considered> considered(ImageReference reference) {
    return considered(snapshot, reference);
  }

  private static List<Considered> considered(EntrySnapshot now, ImageReference reference) {
    var answering = now.find(reference, "");
    var matching = new ArrayList<>(now.matching(reference));
    if (answering != null && !matching.contains(answering)) {
      matching.addFirst(answering);
    }
    var considered = new ArrayList<Considered>();
    for (var entry : matching) {
      boolean answers = entry.equals(answering);
      considered.add(new Considered(entry, answers, why(entry, answers, answering, reference)));
    }
    var mirror = now.mirror(reference);
    if (mirror != null) {
      considered.add(new Considered(mirror, false, "a mirror: the kubelet gets its credential"));
    }
    return considered;
  }

  private static String why(
      BrokerEntry entry,
      boolean answers,
      @Nullable BrokerEntry answering,
      ImageReference reference) {
    if (answers) {
      if (reference.isHostOnly() && entry.isDefault()) {
        return "default of its host";
      }
      return entry.prefix().isGlob() ? "longest prefix of the globs" : "longest prefix";
    }
    if (answering != null && answering.isDefault() && reference.isHostOnly()) {
      return "the host's default comes first";
    }
    if (entry.prefix().isGlob() && answering != null && !answering.prefix().isGlob()) {
      return "an exact host comes first";
    }
    return "shorter";
  }
}
