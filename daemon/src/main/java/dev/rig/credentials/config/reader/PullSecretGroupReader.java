package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.ClusterSettings.PullSecretGroup;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads a cluster's {@code pullSecrets}: one group of namespaces, or a list of groups. */
final class PullSecretGroupReader {
  /** RFC 1123, as Kubernetes names namespaces. */
  static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /** The same for service accounts: labels with dots between them. */
  private static final Pattern SUBDOMAIN = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

  private static final Pattern LABEL_VALUE =
      Pattern.compile("([A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?");

  private final NodeReader nodes;

  PullSecretGroupReader(NodeReader nodes) {
    this.nodes = nodes;
  }

  /** Returns the valid groups, and reports invalid ones; null if absent. */
  @Nullable List<PullSecretGroup> read(@Nullable Node node) {
    if (node == null || NodeReader.isUnset(node)) {
      return null;
    }
    var groups = new ArrayList<PullSecretGroup>();
    if (node instanceof SequenceNode several) {
      several.getValue().forEach(one -> group(one, groups));
    } else {
      group(node, groups);
    }
    return List.copyOf(groups);
  }

  private void group(Node node, List<PullSecretGroup> groups) {
    var fields = new LinkedHashMap<String, Node>();
    for (var field : nodes.fields(node, "a group of pullSecrets")) {
      switch (field.key()) {
        case "namespaces", "serviceAccounts", "registries", "restartStuckPods" ->
            fields.put(field.key(), field.value());
        default ->
            nodes.problem(
                field.keyNode(),
                "a group of pullSecrets has no such key",
                "it has namespaces, serviceAccounts, registries and restartStuckPods");
      }
    }
    var names = new ArrayList<String>();
    var labels = new LinkedHashMap<String, String>();
    namespaces(fields.get("namespaces"), names, labels);
    var registries = registries(fields.get("registries"));
    var accounts = names(fields.get("serviceAccounts"), "serviceAccounts", SUBDOMAIN);
    var restart = fields.get("restartStuckPods");
    var restarts = restart == null ? null : nodes.bool(restart, "restartStuckPods");
    if (names.isEmpty() == labels.isEmpty()) {
      nodes.problem(
          node,
          "a group of pullSecrets needs namespaces.names or namespaces.matchLabels, not both",
          "write namespaces: {names: [shop]}");
      return;
    }
    if (registries.isEmpty()) {
      nodes.problem(
          node,
          "a group of pullSecrets needs registries: the prefixes that its namespaces get"
              + " credentials for",
          "write registries: [ghcr.io/acme]");
      return;
    }
    groups.add(
        new PullSecretGroup(
            List.copyOf(names),
            Map.copyOf(labels),
            accounts.isEmpty() ? List.of("default") : accounts,
            registries,
            restarts != null && restarts.value()));
  }

  private void namespaces(@Nullable Node node, List<String> names, Map<String, String> labels) {
    if (node == null) {
      return;
    }
    for (var field : nodes.fields(node, "namespaces")) {
      switch (field.key()) {
        case "names" -> names.addAll(names(field.value(), "names", LABEL));
        case "matchLabels" -> {
          for (var label : nodes.fields(field.value(), "matchLabels")) {
            var value = nodes.text(label.value(), "each of matchLabels");
            if (value != null && !LABEL_VALUE.matcher(value.value()).matches()) {
              nodes.problem(label.value(), "this is not a label's value in Kubernetes", null);
            }
            labels.put(label.key(), value == null ? "" : value.value());
          }
        }
        default ->
            nodes.problem(
                field.keyNode(), "namespaces has no such key", "it has names and matchLabels");
      }
    }
  }

  private List<String> registries(@Nullable Node node) {
    var registries = new ArrayList<String>();
    if (node == null) {
      return registries;
    }
    for (var element :
        Objects.requireNonNullElse(nodes.elements(node, "registries"), List.<Node>of())) {
      var text = nodes.line(element, "each of registries");
      if (text == null) {
        continue;
      }
      try {
        var prefix = RegistryPrefix.parse(text.value());
        if (prefix.isGlob()) {
          nodes.problem(
              element, "each of registries must name one host", "list the hosts without *");
        } else {
          registries.add(prefix.toString());
        }
      } catch (InvalidReferenceException e) {
        nodes.problem(element, "this is not a registry: " + e.getMessage(), null);
      }
    }
    return registries;
  }

  /** Returns names of objects; reports those that no object can have. */
  List<String> names(@Nullable Node node, String what, Pattern pattern) {
    var texts = new ArrayList<String>();
    if (node != null) {
      for (var element : Objects.requireNonNullElse(nodes.elements(node, what), List.<Node>of())) {
        var text = nodes.line(element, "each of " + what);
        if (text != null && !pattern.matcher(text.value()).matches()) {
          nodes.problem(
              element,
              "each of " + what + " must be a name in Kubernetes",
              "lower-case letters, digits and hyphens");
        } else if (text != null) {
          texts.add(text.value());
        }
      }
    }
    return List.copyOf(texts);
  }
}
