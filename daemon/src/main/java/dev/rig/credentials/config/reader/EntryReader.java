package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.yaml.KnownNames;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.config.yaml.NodeReader.Located;
import dev.rig.credentials.image.RegistryPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads one registry entry from all documents that contain it: a later document overrides earlier
 * ones, field by field.
 */
final class EntryReader {
  private static final KnownNames KEYS =
      new KnownNames(
          "key",
          "username",
          "password",
          "passwordFile",
          "script",
          "provider",
          "with",
          "helper",
          "expire",
          "timeout",
          "env",
          "alias",
          "default",
          "serviceAccount",
          "mirrorOf");

  /** The aliases that the client accepts: NAME in {@code docker-credential-rig-NAME}. */
  private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final ProblemCollector findings;
  private final SourceReader source;

  /** Whether a field has a reported problem, which may cause others. */
  private boolean broken;

  private @Nullable Located<String> alias;
  private @Nullable Located<Boolean> isDefault;
  private List<Located<RegistryPrefix>> mirrorOf = List.of();

  EntryReader(SourceReader source, ProblemCollector findings) {
    this.source = source;
    this.findings = findings;
  }

  /** Returns the alias; null if absent. */
  @Nullable Located<String> alias() {
    return alias;
  }

  /** Returns whether the entry is its host's default; null if not set. */
  @Nullable Located<Boolean> isDefault() {
    return isDefault;
  }

  /** Returns the registries that it is a mirror of. */
  List<Located<RegistryPrefix>> mirrorOf() {
    return mirrorOf;
  }

  /** Returns the reader of the source, for documents of another format. */
  SourceReader source() {
    return source;
  }

  /** Reads the entry's fields in one document. */
  void read(NodeReader nodes, NodeReader.Field entry) {
    int problems = findings.count();
    var fields = nodes.fields(entry.value(), "an entry");
    source.begin(fields);
    for (var field : fields) {
      if (!source.read(nodes, entry.keyNode(), field)) {
        readOther(nodes, field);
      }
    }
    broken |= findings.count() > problems;
  }

  private void readOther(NodeReader nodes, NodeReader.Field field) {
    var node = field.value();
    switch (field.key()) {
      case "alias" -> {
        var read = nodes.value(node, "the alias", EntryReader::alias);
        alias = read == null ? alias : read;
      }
      case "default" -> {
        var read = nodes.bool(node, "default");
        isDefault = read == null ? isDefault : read;
      }
      case "mirrorOf" -> {
        var read = mirrorOf(nodes, node);
        mirrorOf = read.isEmpty() ? mirrorOf : read;
      }
      default -> KEYS.reportUnknown(findings, nodes.at(field.keyNode()), field.key());
    }
  }

  private static List<Located<RegistryPrefix>> mirrorOf(NodeReader nodes, Node node) {
    var read = new ArrayList<Located<RegistryPrefix>>();
    var elements = nodes.elements(node, "mirrorOf");
    if (elements != null) {
      for (var element : elements) {
        var upstream = nodes.value(element, "each of mirrorOf", EntryReader::upstream);
        if (upstream != null) {
          read.add(upstream);
        }
      }
    }
    return read;
  }

  private static RegistryPrefix upstream(String text) throws InvalidSettingException {
    var prefix = NodeReader.registry(text);
    if (prefix.isGlob()) {
      throw new InvalidSettingException(
          "mirrorOf needs hosts without a *", "name the registries: [docker.io, quay.io]");
    }
    return prefix;
  }

  private static String alias(String text) throws InvalidSettingException {
    if (!ALIAS.matcher(text).matches()) {
      throw new InvalidSettingException(
          "not a name for an alias", "1 to 64 letters, digits, dots, dashes or underscores");
    }
    return text;
  }

  /** Returns the merged entry; null, with a finding, if it contradicts itself. */
  @Nullable RegistryEntry entry(RegistryPrefix prefix) {
    checkMirror(prefix);
    var read = source.source(prefix, broken);
    return read == null
        ? null
        : new RegistryEntry(
            prefix,
            source.origin(),
            read,
            source.expire(),
            alias == null ? null : alias.value(),
            isDefault != null && isDefault.value(),
            source.serviceAccount(),
            mirrorOf.stream().map(Located::value).toList());
  }

  private void checkMirror(RegistryPrefix prefix) {
    for (var upstream : mirrorOf) {
      if (prefix.isGlob()) {
        findings.add(
            upstream.origin(),
            "an entry with a * cannot be a mirror",
            "give the mirror's own host an entry");
        return;
      }
      if (upstream.value().host().equals(prefix.host())) {
        findings.add(upstream.origin(), "an entry cannot be a mirror of its own host", null);
      }
    }
  }
}
