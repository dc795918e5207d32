package dev.rig.credentials.broker;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.PrefixTable;
import dev.rig.credentials.image.RegistryPrefix;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One generation of entries with their indexes. Immutable: a reload swaps it whole. */
final class Snapshot {
  private final List<Entry> entries;
  private final Set<Entry> set;
  private final PrefixTable<Entry> table;
  private final PrefixTable<Entry> defaults;
  private final Map<String, Entry> aliases = new HashMap<>();

  Snapshot(List<Entry> entries) {
    this.entries = List.copyOf(entries);
    this.set = Set.copyOf(entries);
    var byPrefix = new LinkedHashMap<RegistryPrefix, Entry>();
    var byHost = new LinkedHashMap<RegistryPrefix, Entry>();
    for (var entry : entries) {
      byPrefix.put(entry.prefix(), entry);
      if (entry.isDefault()) {
        byHost.put(new RegistryPrefix(entry.prefix().host(), ""), entry);
      }
      if (entry.alias() != null) {
        aliases.put(entry.alias(), entry);
      }
    }
    table = PrefixTable.of(byPrefix);
    defaults = PrefixTable.of(byHost);
  }

  List<Entry> entries() {
    return entries;
  }

  boolean contains(Entry entry) {
    return set.contains(entry);
  }

  /** The entry that answers; a question that names only the host goes to its default first. */
  @Nullable Entry find(ImageReference reference) {
    if (reference.isHostOnly()) {
      var byDefault = defaults.find(reference);
      if (byDefault != null) {
        return byDefault;
      }
    }
    return table.find(reference);
  }

  @Nullable Entry byAlias(String alias) {
    return aliases.get(alias);
  }

  List<Entry> matching(ImageReference reference) {
    return table.matching(reference);
  }

  /** Whether images of one host may get different entries. */
  boolean dividesHost(String host) {
    return table.hasPaths(host);
  }
}
