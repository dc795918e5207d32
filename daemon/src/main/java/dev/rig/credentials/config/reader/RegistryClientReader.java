package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.RegistryClientSettings;
import dev.rig.credentials.config.yaml.KnownNames;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;

/** Reads {@code daemon.registryClient}. */
final class RegistryClientReader {
  private static final KnownNames KEYS = new KnownNames("key", "insecure", "caFiles", "realms");

  private final NodeReader nodes;

  RegistryClientReader(NodeReader nodes) {
    this.nodes = nodes;
  }

  RegistryClientSettings read(Node node) {
    Set<String> insecure = Set.of();
    List<Path> caFiles = List.of();
    Map<String, Set<String>> realms = Map.of();
    for (var field : nodes.fields(node, "registryClient")) {
      switch (field.key()) {
        case "insecure" -> insecure = hosts(field.value(), "insecure");
        case "caFiles" -> caFiles = files(field.value());
        case "realms" -> realms = realms(field.value());
        default -> KEYS.reportUnknown(nodes.findings(), nodes.at(field.keyNode()), field.key());
      }
    }
    return new RegistryClientSettings(insecure, caFiles, realms);
  }

  private Map<String, Set<String>> realms(Node node) {
    var realms = new HashMap<String, Set<String>>();
    for (var field : nodes.fields(node, "realms")) {
      var registry = nodes.value(field.keyNode(), "the registry", RegistryClientReader::host);
      if (registry != null) {
        realms.put(registry.value(), hosts(field.value(), "the token services of a registry"));
      }
    }
    return realms;
  }

  private Set<String> hosts(Node node, String what) {
    var hosts = new HashSet<String>();
    for (var element : elements(node, what)) {
      var host = nodes.value(element, "each of " + what, RegistryClientReader::host);
      if (host != null) {
        hosts.add(host.value());
      }
    }
    return hosts;
  }

  private List<Path> files(Node node) {
    var files = new ArrayList<Path>();
    for (var element : elements(node, "caFiles")) {
      var file = nodes.value(element, "each of caFiles", RegistryClientReader::file);
      if (file != null) {
        files.add(file.value());
      }
    }
    return files;
  }

  private List<Node> elements(Node node, String what) {
    var elements = nodes.elements(node, what);
    return elements == null ? List.of() : elements;
  }

  private static Path file(String text) throws InvalidSettingException {
    try {
      var path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException e) {
      // Reported below.
    }
    throw new InvalidSettingException("not the absolute path of a file", null);
  }

  private static String host(String text) throws InvalidSettingException {
    try {
      var prefix = RegistryPrefix.parse(text);
      if (prefix.path().isEmpty() && !prefix.isGlob()) {
        return prefix.host();
      }
    } catch (InvalidReferenceException e) {
      throw new InvalidSettingException("not a host: " + e.getMessage(), null);
    }
    throw new InvalidSettingException(
        "not only a host", "write it like registry.example:5000, without a path or a *");
  }
}
