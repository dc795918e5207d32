package dev.rig.credentials.broker;

import dev.rig.credentials.cache.CacheEntryState;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * An entry with the state of its lease.
 *
 * @param entry the entry, with the registry that the lease is for
 * @param state null before the first request, and for a glob
 * @param hosts for a glob, the state of each host that matched; hosts with a live lease first
 */
public record EntryState(
    BrokerEntry entry, @Nullable CacheEntryState<Lease> state, List<EntryState> hosts) {
  private static final Comparator<EntryState> LIVE_FIRST =
      Comparator.comparing((EntryState host) -> host.state == null || host.state.value() == null)
          .thenComparing(host -> host.entry.registry());

  public EntryState {
    hosts = hosts.stream().sorted(LIVE_FIRST).toList();
  }

  EntryState(BrokerEntry entry, @Nullable CacheEntryState<Lease> state) {
    this(entry, state, List.of());
  }

  /** Returns how many requests were answered from memory; for a glob, the sum of all hosts. */
  public long hits() {
    return sum(CacheEntryState::hits);
  }

  /** Returns how often the script has run; for a glob, the sum of all hosts. */
  public long runs() {
    return sum(CacheEntryState::loads);
  }

  private long sum(ToLongFunction<CacheEntryState<Lease>> figure) {
    long own = state == null ? 0 : figure.applyAsLong(state);
    return own + hosts.stream().mapToLong(host -> host.sum(figure)).sum();
  }

  /**
   * Returns the class of the last failure; null if there was none, or a load has succeeded since.
   */
  public @Nullable ReasonClass failureClass() {
    return state == null || state.failure() == null
        ? null
        : SourceException.classOf(state.failure().cause());
  }
}
