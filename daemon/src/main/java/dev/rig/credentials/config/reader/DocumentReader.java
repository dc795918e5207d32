package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.ClusterSettings;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.files.PasswordFiles;
import dev.rig.credentials.config.yaml.NodeReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Merges documents: Helm values, {@code PlatformConfig} and Docker's own format. */
final class DocumentReader {
  private static final String API_VERSION = "config.rig.dev/v1alpha1";
  private static final String KIND = "PlatformConfig";
  private static final String FORMS =
      "it needs rig: or daemon: at its root, or kind: "
          + KIND
          + " and apiVersion: "
          + API_VERSION
          + ", or auths: or credHelpers: as Docker's config.json";

  private final ProblemCollector findings;
  private final PasswordFiles passwordFiles;
  private final RegistryTable registries;
  private final Map<String, ClusterSettings> clusters = new LinkedHashMap<>();
  private DaemonSettings daemon = DaemonSettings.UNSET;

  DocumentReader(ProblemCollector findings, PasswordFiles passwordFiles) {
    this.findings = findings;
    this.passwordFiles = passwordFiles;
    this.registries = new RegistryTable(findings, passwordFiles);
  }

  /** Merges a document of the file into those before it. */
  void read(String file, Node document) {
    var nodes = new NodeReader(file, findings);
    if (!(document instanceof MappingNode)) {
      findings.addUnread(nodes.at(document), "not a configuration", FORMS);
      return;
    }
    var root = new LinkedHashMap<String, NodeReader.Field>();
    nodes.fields(document, "a document").forEach(field -> root.put(field.key(), field));
    boolean isPlatformConfig = is(root, "kind", KIND);
    if (isPlatformConfig != is(root, "apiVersion", API_VERSION)) {
      var wrong = root.get(isPlatformConfig ? "apiVersion" : "kind");
      findings.addUnread(
          nodes.at(wrong == null ? document : wrong.value()),
          "not a " + KIND + " of a known version",
          FORMS);
      return;
    }
    var rig = root.get("rig");
    var own = root.get("daemon");
    if (isPlatformConfig) {
      if (rig != null) {
        nodes.problem(
            rig.keyNode(), "rig is not allowed in a " + KIND, "its keys belong at the root");
      }
      read(nodes, root);
    } else if (rig != null) {
      var values = new LinkedHashMap<String, NodeReader.Field>();
      nodes.fields(rig.value(), "rig").forEach(field -> values.put(field.key(), field));
      read(nodes, values);
    } else if (root.keySet().stream().anyMatch(DockerConfigReader.KEYS::contains)) {
      registries.begin(file);
      new DockerConfigReader(nodes, registries).read(root);
    } else if (own == null) {
      findings.addUnread(nodes.at(document), "not a configuration", FORMS);
    }
    if (own != null) {
      daemon = daemon.overriddenBy(new DaemonReader(nodes).read(own.value()));
    }
  }

  private void read(NodeReader nodes, Map<String, NodeReader.Field> platform) {
    var entries = platform.get("dockerRegistries");
    if (entries != null) {
      registries.add(nodes, entries.value());
    }
    var named = platform.get("clusters");
    if (named != null) {
      new ClusterReader(nodes).read(named.value(), clusters);
    }
  }

  private static boolean is(Map<String, NodeReader.Field> root, String key, String value) {
    var field = root.get(key);
    return field != null
        && field.value() instanceof ScalarNode scalar
        && scalar.getValue().equals(value);
  }

  /**
   * Returns the merged configuration; contradictions are findings.
   *
   * @param files the names of all files that were read
   * @param fingerprint of everything that was read until then
   */
  Configuration configuration(List<String> files, Supplier<String> fingerprint) {
    var entries = registries.entries();
    return new Configuration(
        entries,
        clusters,
        daemon,
        fingerprint.get(),
        files,
        passwordFiles.named(),
        findings.remarks());
  }
}
