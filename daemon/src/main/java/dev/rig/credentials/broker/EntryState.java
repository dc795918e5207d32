package dev.rig.credentials.broker;

import dev.rig.credentials.cache.CacheEntryState;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import org.jspecify.annotations.Nullable;

/**
 * An entry with what is known of its lease.
 *
 * @param entry the entry, with the registry that the lease is for
 * @param state null when nobody has asked yet
 */
public record EntryState(BrokerEntry entry, @Nullable CacheEntryState<Lease> state) {
  /** The class of the last failure, if no load has succeeded since; null for none. */
  public @Nullable ReasonClass failureClass() {
    return state == null || state.failure() == null
        ? null
        : SourceException.classOf(state.failure().cause());
  }
}
