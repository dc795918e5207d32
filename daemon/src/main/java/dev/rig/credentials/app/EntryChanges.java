package dev.rig.credentials.app;

import dev.rig.credentials.broker.BrokerEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The changes of a reload to the entries, by prefix.
 *
 * @param added in the order of the configuration
 * @param changed entries with changed settings
 * @param removed entries that are no longer configured
 */
record EntryChanges(List<String> added, List<String> changed, List<String> removed) {
  private static final int MOST_NAMED = 20;

  static EntryChanges between(List<BrokerEntry> before, List<BrokerEntry> after) {
    var old = new LinkedHashMap<String, BrokerEntry>();
    before.forEach(entry -> old.put(entry.prefix().toString(), entry));
    var added = new ArrayList<String>();
    var changed = new ArrayList<String>();
    for (var entry : after) {
      var prefix = entry.prefix().toString();
      var earlier = old.remove(prefix);
      if (earlier == null) {
        added.add(prefix);
      } else if (!earlier.equals(entry) || !earlier.scope().equals(entry.scope())) {
        changed.add(prefix);
      }
    }
    return new EntryChanges(added, changed, List.copyOf(old.keySet()));
  }

  /**
   * Returns the text for the log, such as {@code added a, b; removed c}; long lists are shortened.
   */
  @Override
  public String toString() {
    var parts = new ArrayList<String>();
    part(parts, "added", added);
    part(parts, "changed", changed);
    part(parts, "removed", removed);
    return parts.isEmpty() ? "no entry changed" : String.join("; ", parts);
  }

  private static void part(List<String> parts, String word, List<String> prefixes) {
    if (prefixes.isEmpty()) {
      return;
    }
    int rest = prefixes.size() - MOST_NAMED;
    var named = String.join(", ", prefixes.subList(0, Math.min(prefixes.size(), MOST_NAMED)));
    parts.add(word + " " + named + (rest > 0 ? " and " + rest + " more" : ""));
  }
}
