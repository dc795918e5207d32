package dev.rig.credentials.broker;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.PrefixTable;
import dev.rig.credentials.image.RegistryPrefix;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One generation of entries with their indexes. Immutable: a reload replaces the whole object. */
final class EntrySnapshot {
  private final List<BrokerEntry> entries;
  private final Map<RegistryPrefix, BrokerEntry> byPrefix = new LinkedHashMap<>();
  private final PrefixTable<BrokerEntry> table;
  private final PrefixTable<BrokerEntry> defaults;
  private final PrefixTable<BrokerEntry> mirrors;
  private final Map<String, BrokerEntry> aliases = new HashMap<>();

  EntrySnapshot(List<BrokerEntry> entries) {
    this.entries = List.copyOf(entries);
    var byHost = new LinkedHashMap<RegistryPrefix, BrokerEntry>();
    var byUpstream = new LinkedHashMap<RegistryPrefix, BrokerEntry>();
    for (var entry : entries) {
      entry.scope().mirrorOf().forEach(upstream -> byUpstream.put(upstream, entry));
      byPrefix.put(entry.prefix(), entry);
      if (entry.isDefault()) {
        byHost.put(new RegistryPrefix(entry.prefix().host(), ""), entry);
      }
      if (entry.alias() != null) {
        aliases.put(entry.alias(), entry);
      }
    }
    table = PrefixTable.of(byPrefix);
    mirrors = PrefixTable.of(byUpstream);
    defaults = PrefixTable.of(byHost);
  }

  List<BrokerEntry> entries() {
    return entries;
  }

  /** Returns whether this contains the entry, or the glob that it comes from. */
  boolean contains(BrokerEntry entry) {
    var same = byPrefix.get(entry.prefix());
    return same != null && same.fingerprint().equals(entry.fingerprint());
  }

  /** Returns the entry that replaced an entry of an earlier snapshot; null if absent. */
  @Nullable BrokerEntry successor(BrokerEntry entry) {
    return contains(entry) ? null : byPrefix.get(entry.prefix());
  }

  /**
   * Returns the entry that answers; for a request that names only the host, its default entry has
   * precedence.
   *
   * @param alias empty for the entry with the longest prefix
   */
  @Nullable BrokerEntry find(ImageReference reference, String alias) {
    if (!alias.isEmpty()) {
      return aliases.get(alias);
    }
    var byDefault = reference.isHostOnly() ? defaults.find(reference) : null;
    var byPrefix = table.find(reference);
    boolean closer =
        byDefault != null
            && (byPrefix == null || byPrefix.prefix().isGlob() || !byDefault.prefix().isGlob());
    return closer ? byDefault : byPrefix;
  }

  /** Returns the mirror for images of this name; null if absent. */
  @Nullable BrokerEntry mirror(ImageReference reference) {
    return mirrors.find(reference);
  }

  /** Returns the entry with an alias, or an empty list. */
  List<BrokerEntry> aliased(String alias) {
    return Stream.ofNullable(aliases.get(alias)).toList();
  }

  List<BrokerEntry> matching(ImageReference reference) {
    return table.matching(reference);
  }

  /** Returns whether images of one host may get different entries. */
  boolean dividesHost(String host) {
    return table.hasPaths(host);
  }
}
