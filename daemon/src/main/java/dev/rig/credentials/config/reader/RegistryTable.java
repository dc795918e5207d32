package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.config.yaml.NodeReader.Located;
import dev.rig.credentials.image.RegistryPrefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/** All documents' {@code dockerRegistries}, merged by the normal form of their keys. */
final class RegistryTable {
  private final ProblemCollector findings;
  private final Map<RegistryPrefix, EntryReader> readers = new LinkedHashMap<>();

  /** Each file's place in the order of merging. */
  private final Map<String, Integer> files = new HashMap<>();

  private final Comparator<SourcePosition> order =
      Comparator.comparingInt((SourcePosition position) -> files.getOrDefault(position.file(), 0))
          .thenComparingInt(SourcePosition::line)
          .thenComparingInt(SourcePosition::column);

  RegistryTable(ProblemCollector findings) {
    this.findings = findings;
  }

  /** Reads a document's entries. */
  void add(NodeReader nodes, Node registries) {
    var fields = nodes.fields(registries, "dockerRegistries");
    files.putIfAbsent(nodes.at(registries).file(), files.size());
    var lines = HashMap.<RegistryPrefix, Integer>newHashMap(fields.size());
    for (var field : fields) {
      reader(field, nodes.at(field.keyNode()), lines).read(nodes, field);
    }
  }

  /** The reader of a key's entry; the problems of a wrong key's fields are reported, too. */
  private EntryReader reader(
      NodeReader.Field field, SourcePosition origin, Map<RegistryPrefix, Integer> lines) {
    try {
      var prefix = NodeReader.registry(field.key());
      var first = lines.putIfAbsent(prefix, origin.line());
      if (first == null) {
        return readers.computeIfAbsent(prefix, _ -> new EntryReader(origin, findings, order));
      }
      findings.add(origin, "another spelling of the same registry", "first in line " + first);
    } catch (InvalidSettingException e) {
      findings.add(origin, e.reason(), e.hint());
    }
    return new EntryReader(origin, findings, order);
  }

  /** The entries; incomplete and contradictory ones are findings. */
  List<RegistryEntry> entries() {
    var entries = new ArrayList<RegistryEntry>(readers.size());
    var aliases = new HashMap<String, SourcePosition>();
    var defaults = new HashMap<String, SourcePosition>();
    readers.forEach((prefix, reader) -> {
      unique(aliases, reader.alias(), "the alias");
      var isDefault = reader.isDefault();
      if (isDefault != null && isDefault.value()) {
        var host = new Located<>(prefix.host(), isDefault.origin());
        unique(defaults, host, "the default of this host");
      }
      var entry = reader.entry(prefix);
      if (entry != null) {
        entries.add(entry);
      }
    });
    return entries;
  }

  private void unique(
      Map<String, SourcePosition> taken, @Nullable Located<String> name, String what) {
    if (name != null) {
      var first = taken.putIfAbsent(name.value(), name.origin());
      if (first != null) {
        findings.add(name.origin(), what + " is taken already", "first at " + first);
      }
    }
  }
}
