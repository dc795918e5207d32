package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.config.files.PasswordFiles;
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
  private final PasswordFiles passwordFiles;
  private final Map<RegistryPrefix, EntryReader> readers = new LinkedHashMap<>();

  /** The position of each file in merge order. */
  private final Map<String, Integer> files = new HashMap<>();

  private final Comparator<SourcePosition> order =
      Comparator.comparingInt((SourcePosition position) -> files.getOrDefault(position.file(), 0))
          .thenComparingInt(SourcePosition::line)
          .thenComparingInt(SourcePosition::column);

  RegistryTable(ProblemCollector findings, PasswordFiles passwordFiles) {
    this.findings = findings;
    this.passwordFiles = passwordFiles;
  }

  /** Starts a further document, which overrides earlier ones. */
  void begin(String file) {
    files.putIfAbsent(file, files.size());
  }

  /** Returns the reader of an entry. */
  EntryReader reader(RegistryPrefix prefix, SourcePosition origin) {
    return readers.computeIfAbsent(prefix, _ -> newReader(origin));
  }

  private EntryReader newReader(SourcePosition origin) {
    return new EntryReader(new SourceReader(origin, findings, passwordFiles, order), findings);
  }

  /** Reads a document's entries. */
  void add(NodeReader nodes, Node registries) {
    var fields = nodes.fields(registries, "dockerRegistries");
    begin(nodes.at(registries).file());
    var lines = HashMap.<RegistryPrefix, Integer>newHashMap(fields.size());
    for (var field : fields) {
      reader(field, nodes.at(field.keyNode()), lines).read(nodes, field);
    }
  }

  /**
   * Returns the reader of a key's entry; for an invalid key, a reader that still reports problems
   * of its fields.
   */
  private EntryReader reader(
      NodeReader.Field field, SourcePosition origin, Map<RegistryPrefix, Integer> lines) {
    try {
      var prefix = NodeReader.registry(field.key());
      var first = lines.putIfAbsent(prefix, origin.line());
      if (first == null) {
        return reader(prefix, origin);
      }
      findings.add(origin, "another spelling of the same registry", "first in line " + first);
    } catch (InvalidSettingException e) {
      findings.add(origin, e.reason(), e.hint());
    }
    return newReader(origin);
  }

  /** Returns the entries; incomplete and contradictory ones are findings. */
  List<RegistryEntry> entries() {
    var entries = new ArrayList<RegistryEntry>(readers.size());
    var aliases = new HashMap<String, SourcePosition>();
    var defaults = new HashMap<String, SourcePosition>();
    var mirrors = new HashMap<String, SourcePosition>();
    readers.forEach((prefix, reader) -> {
      unique(aliases, reader.alias(), "the alias");
      var isDefault = reader.isDefault();
      if (isDefault != null && isDefault.value()) {
        var host = new Located<>(prefix.host(), isDefault.origin());
        unique(defaults, host, "the default of this host");
      }
      for (var upstream : reader.mirrorOf()) {
        var name = new Located<>(upstream.value().toString(), upstream.origin());
        unique(mirrors, name, "the mirror of this registry");
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
        findings.add(name.origin(), what + " is already defined", "first at " + first);
      }
    }
  }
}
