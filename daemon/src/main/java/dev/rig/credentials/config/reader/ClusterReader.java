package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.ClusterSettings;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.credential.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/** Reads {@code clusters}. The platform defines this section, so unknown keys are ignored. */
final class ClusterReader {
  private final NodeReader nodes;

  ClusterReader(NodeReader nodes) {
    this.nodes = nodes;
  }

  /** Merges a document's clusters into the clusters read before. */
  void read(Node node, Map<String, ClusterSettings> clusters) {
    for (var cluster : nodes.fields(node, "clusters")) {
      clusters.merge(cluster.key(), cluster(cluster), ClusterSettings::overriddenBy);
    }
  }

  private ClusterSettings cluster(NodeReader.Field cluster) {
    var fields = byKey(cluster.value(), "a cluster");
    var type = fields.get("type");
    var kind =
        type == null ? null : nodes.oneOf(type, "the cluster's type", ClusterSettings.Type.class);
    var createPullSecrets = fields.get("createPullSecrets");
    var creates =
        createPullSecrets == null ? null : nodes.bool(createPullSecrets, "createPullSecrets");
    var groups = new PullSecretGroupReader(nodes);
    var namespaces = fields.get("pullSecretNamespaces");
    return new ClusterSettings(
        nodes.at(cluster.keyNode()),
        kind == null ? null : kind.value(),
        text(fields, "url"),
        secret(fields, "token"),
        secret(fields, "script"),
        text(fields, "certificateAuthority"),
        creates == null ? null : creates.value(),
        namespaces == null
            ? null
            : groups.names(namespaces, "pullSecretNamespaces", PullSecretGroupReader.LABEL),
        groups.read(fields.get("pullSecrets")),
        devRegistry(fields.get("devRegistry")),
        git(fields.get("git")));
  }

  private ClusterSettings.@Nullable DevRegistryHosts devRegistry(@Nullable Node node) {
    if (node == null || NodeReader.isUnset(node)) {
      return null;
    }
    var fields = byKey(node, "devRegistry");
    return new ClusterSettings.DevRegistryHosts(text(fields, "host"), text(fields, "clusterHost"));
  }

  private ClusterSettings.@Nullable Git git(@Nullable Node node) {
    if (node == null || NodeReader.isUnset(node)) {
      return null;
    }
    return new ClusterSettings.Git(text(byKey(node, "git"), "url"));
  }

  private Map<String, Node> byKey(Node node, String what) {
    var fields = new LinkedHashMap<String, Node>();
    nodes.fields(node, what).forEach(field -> fields.put(field.key(), field.value()));
    return fields;
  }

  private @Nullable String text(Map<String, Node> fields, String key) {
    var node = fields.get(key);
    var text = node == null ? null : nodes.text(node, "the cluster's " + key);
    return text == null ? null : text.value();
  }

  private @Nullable Secret secret(Map<String, Node> fields, String key) {
    var text = text(fields, key);
    return text == null ? null : Secret.of(text);
  }
}
