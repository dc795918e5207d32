package dev.rig.credentials.broker;

import dev.rig.credentials.broker.Explanation.Considered;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.cache.LoadFailedException;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.time.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers which credential belongs to an image: the longest prefix of the current entries, and that
 * entry's lease. Nothing here blocks; a lease that is in memory is answered at once.
 */
public final class Broker {
  /** How the cache obtains a lease; for whoever builds the cache. */
  public static final Function<LeaseKey, CompletableFuture<Lease>> LOADER =
      key -> key.entry().source().issue(new SourceRequest(key.registry()));

  private final ExpiringCache<LeaseKey, Lease> leases;
  private final Time time;
  private volatile Snapshot snapshot = new Snapshot(List.of());

  /** A broker without entries, which answers that nothing is found. */
  public Broker(ExpiringCache<LeaseKey, Lease> leases, Time time) {
    this.leases = leases;
    this.time = time;
  }

  /** Takes these entries in place of all earlier ones; leases of unchanged entries go on. */
  public void replace(List<Entry> entries) {
    var next = new Snapshot(entries);
    snapshot = next;
    leases.retain(key -> next.contains(key.entry()));
  }

  /** The answer to an image; never fails. */
  public CompletableFuture<Lookup> lookup(ImageReference reference) {
    var entry = snapshot.find(reference);
    return entry == null
        ? CompletableFuture.completedFuture(
            new Lookup.NotFound("no entry matches " + reference.name()))
        : lookup(entry, entry.registry(reference));
  }

  /** The answer of the entry with that alias, whatever is asked for; never fails. */
  public CompletableFuture<Lookup> lookupAlias(String alias, ImageReference reference) {
    var entry = snapshot.byAlias(alias);
    return entry == null
        ? CompletableFuture.completedFuture(new Lookup.NotFound("no entry has the alias " + alias))
        : lookup(entry, entry.registry(reference));
  }

  private CompletableFuture<Lookup> lookup(Entry entry, String registry) {
    var key = new LeaseKey(entry, registry);
    var prefix = entry.prefix().toString();
    var live = leases.live(key);
    if (live != null) {
      return CompletableFuture.completedFuture(new Lookup.Found(prefix, live));
    }
    return leases
        .get(key)
        .handle((lease, thrown) -> lease != null ? found(prefix, lease) : failed(prefix, thrown));
  }

  private static Lookup found(String prefix, Lease lease) {
    return new Lookup.Found(prefix, lease);
  }

  private Lookup failed(String prefix, Throwable thrown) {
    var cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    return cause instanceof LoadFailedException failure
        ? new Lookup.Failed(prefix, reason(failure), failure.nextAttempt())
        : new Lookup.Failed(prefix, "its credential could not be obtained", time.now());
  }

  private static String reason(LoadFailedException failure) {
    var reason = failure.getMessage();
    return reason == null ? "its credential could not be obtained" : reason;
  }

  /** The prefix of the entry that answers for an image or alias; null for none. */
  public @Nullable Entry managing(ImageReference reference, String alias) {
    return alias.isEmpty() ? snapshot.find(reference) : snapshot.byAlias(alias);
  }

  /** Drops the lease that this reference would be answered with, and fetches it anew. */
  public boolean reject(ImageReference reference, String alias) {
    var entry = managing(reference, alias);
    if (entry == null) {
      return false;
    }
    var key = new LeaseKey(entry, entry.registry(reference));
    var live = leases.live(key);
    return live != null && leases.reject(key, live);
  }

  /** Whether images of that host may get different credentials. */
  public boolean dividesHost(String host) {
    return snapshot.dividesHost(host);
  }

  /** Shows each entry that can be answered from memory now, globs left out. */
  public void eachAnswerable(BiConsumer<Entry, Lease> consumer) {
    for (var entry : snapshot.entries()) {
      if (!entry.prefix().isGlob()) {
        var key = new LeaseKey(entry, entry.prefix().toString());
        var live = leases.live(key);
        if (live == null && entry.source().kind().equals("static")) {
          live = leases.get(key).getNow(null);
        }
        if (live != null) {
          consumer.accept(entry, live);
        }
      }
    }
  }

  /** Every entry with the state of its lease; for a glob that of no particular host. */
  public List<EntryState> states() {
    return snapshot.entries().stream()
        .map(entry -> state(entry, entry.prefix().toString()))
        .toList();
  }

  private EntryState state(Entry entry, String registry) {
    return new EntryState(
        entry, registry, leases.state(new LeaseKey(entry, registry)).orElse(null));
  }

  /** Asks as a client would and tells how the answer came about; never fails. */
  public CompletableFuture<Explanation> explain(ImageReference reference) {
    var now = snapshot;
    var answering = now.find(reference);
    var matching = new ArrayList<>(now.matching(reference));
    if (answering != null && !matching.contains(answering)) {
      matching.addFirst(answering);
    }
    var considered = new ArrayList<Considered>();
    for (var entry : matching) {
      boolean answers = entry.equals(answering);
      considered.add(new Considered(entry, answers, why(entry, answers, answering, reference)));
    }
    return lookup(reference)
        .thenApply(lookup ->
            new Explanation(
                reference.name(),
                considered,
                answering == null ? null : state(answering, answering.registry(reference)),
                lookup));
  }

  private static String why(
      Entry entry, boolean answers, @Nullable Entry answering, ImageReference reference) {
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
