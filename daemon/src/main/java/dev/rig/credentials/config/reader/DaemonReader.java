package dev.rig.credentials.config.reader;

import static dev.rig.credentials.config.DaemonSettings.ACCESS;
import static dev.rig.credentials.config.DaemonSettings.ADMIN;
import static dev.rig.credentials.config.DaemonSettings.LOG_AUDIT;
import static dev.rig.credentials.config.DaemonSettings.LOG_FORMAT;
import static dev.rig.credentials.config.DaemonSettings.LOG_LEVEL;
import static dev.rig.credentials.config.DaemonSettings.PLATFORM_SOCKET;
import static dev.rig.credentials.config.DaemonSettings.PREFETCH_SPREAD;
import static dev.rig.credentials.config.DaemonSettings.REGISTRY_CLIENT;
import static dev.rig.credentials.config.DaemonSettings.SEALING_KEY_FILE;
import static dev.rig.credentials.config.DaemonSettings.SHELL;
import static dev.rig.credentials.config.DaemonSettings.SOCKET;
import static dev.rig.credentials.config.DaemonSettings.SOCKET_GROUP;
import static dev.rig.credentials.config.DaemonSettings.SOCKET_MODE;
import static dev.rig.credentials.config.DaemonSettings.STATE_DIR;
import static dev.rig.credentials.config.DaemonSettings.UNSET;
import static dev.rig.credentials.config.DaemonSettings.WARM_RESTART;

import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.config.ConfiguredAccessRule;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.LogFormat;
import dev.rig.credentials.config.LogLevel;
import dev.rig.credentials.config.RegistryClientSettings;
import dev.rig.credentials.config.yaml.KnownNames;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.image.RegistryPrefix;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/** Reads {@code daemon}. This daemon defines all of its keys, so an unknown key is an error. */
final class DaemonReader {
  private static final KnownNames KEYS =
      new KnownNames(
          "key",
          "socket",
          "socketMode",
          "socketGroup",
          "platformSocket",
          "admin",
          "stateDir",
          "warmRestart",
          "sealingKeyFile",
          "prefetchSpread",
          "log",
          "access",
          "registryClient",
          "shell");

  private static final KnownNames LOG_KEYS = new KnownNames("key", "level", "format", "audit");

  private static final KnownNames RULE_KEYS =
      new KnownNames("key", "users", "groups", "actions", "registries");

  private final NodeReader nodes;

  DaemonReader(NodeReader nodes) {
    this.nodes = nodes;
  }

  DaemonSettings read(Node node) {
    var fields = known(node, "daemon", KEYS);
    var log = fields.get("log");
    var logFields = log == null ? Map.<String, Node>of() : known(log, "log", LOG_KEYS);
    return UNSET
        .with(SOCKET, path(fields, "socket"))
        .with(SOCKET_MODE, value(fields, "socketMode", DaemonSettings::parseSocketMode))
        .with(SOCKET_GROUP, get(fields, "socketGroup", at -> nodes.line(at, "socketGroup")))
        .with(PLATFORM_SOCKET, path(fields, "platformSocket"))
        .with(ADMIN, value(fields, "admin", AdminAddress::parse))
        .with(STATE_DIR, path(fields, "stateDir"))
        .with(WARM_RESTART, bool(fields, "warmRestart"))
        .with(SEALING_KEY_FILE, path(fields, "sealingKeyFile"))
        .with(PREFETCH_SPREAD, value(fields, "prefetchSpread", DaemonSettings::parsePrefetchSpread))
        .with(
            LOG_LEVEL,
            get(logFields, "level", at -> nodes.oneOf(at, "the log level", LogLevel.class)))
        .with(
            LOG_FORMAT,
            get(logFields, "format", at -> nodes.oneOf(at, "the log format", LogFormat.class)))
        .with(LOG_AUDIT, bool(logFields, "audit"))
        .with(ACCESS, access(fields.get("access")))
        .with(REGISTRY_CLIENT, registryClient(fields.get("registryClient")))
        .with(SHELL, value(fields, "shell", DaemonSettings::parseShell));
  }

  private @Nullable RegistryClientSettings registryClient(@Nullable Node node) {
    return node == null || NodeReader.isUnset(node)
        ? null
        : new RegistryClientReader(nodes).read(node);
  }

  private Map<String, Node> known(Node node, String what, KnownNames names) {
    var known = new HashMap<String, Node>();
    for (var field : nodes.fields(node, what)) {
      if (names.contains(field.key())) {
        known.put(field.key(), field.value());
      } else {
        names.reportUnknown(nodes.findings(), nodes.at(field.keyNode()), field.key());
      }
    }
    return known;
  }

  private static <T> @Nullable T get(
      Map<String, Node> fields,
      String key,
      Function<Node, NodeReader.@Nullable Located<T>> reader) {
    var node = fields.get(key);
    var located = node == null ? null : reader.apply(node);
    return located == null ? null : located.value();
  }

  private <T> @Nullable T value(
      Map<String, Node> fields, String key, NodeReader.Conversion<T> conversion) {
    return get(fields, key, at -> nodes.value(at, key, conversion));
  }

  private @Nullable Boolean bool(Map<String, Node> fields, String key) {
    return get(fields, key, at -> nodes.bool(at, key));
  }

  private @Nullable Path path(Map<String, Node> fields, String key) {
    return value(fields, key, text -> path(key, text));
  }

  private static Path path(String key, String text) throws InvalidSettingException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new InvalidSettingException(key + " is not a path", null);
    }
  }

  private @Nullable List<ConfiguredAccessRule> access(@Nullable Node node) {
    var elements = node == null ? null : nodes.elements(node, "access");
    return elements == null ? null : elements.stream().map(this::rule).toList();
  }

  private ConfiguredAccessRule rule(Node node) {
    int problems = nodes.findings().count();
    var fields = known(node, "an access rule", RULE_KEYS);
    var rule =
        new ConfiguredAccessRule(
            nodes.at(node),
            texts(fields.get("users"), "users"),
            texts(fields.get("groups"), "groups"),
            actions(fields.get("actions")),
            registries(fields.get("registries")));
    if (rule.users().isEmpty() && rule.groups().isEmpty() && problems == nodes.findings().count()) {
      nodes.problem(
          node, "the access rule names no users and no groups", "give it users or groups");
    }
    return rule;
  }

  private List<String> texts(@Nullable Node node, String what) {
    var texts = new ArrayList<String>();
    for (var element : list(node, what)) {
      var text = nodes.line(element, "each of " + what);
      if (text != null) {
        texts.add(text.value());
      }
    }
    return texts;
  }

  private Set<ConfiguredAccessRule.AccessAction> actions(@Nullable Node node) {
    if (node == null || NodeReader.isUnset(node)) {
      return EnumSet.allOf(ConfiguredAccessRule.AccessAction.class);
    }
    var actions = EnumSet.noneOf(ConfiguredAccessRule.AccessAction.class);
    for (var element : list(node, "actions")) {
      var action = nodes.oneOf(element, "the action", ConfiguredAccessRule.AccessAction.class);
      if (action != null) {
        actions.add(action.value());
      }
    }
    return actions;
  }

  private List<RegistryPrefix> registries(@Nullable Node node) {
    var registries = new ArrayList<RegistryPrefix>();
    for (var element : list(node, "registries")) {
      var registry = nodes.value(element, "the registry", NodeReader::registry);
      if (registry != null) {
        registries.add(registry.value());
      }
    }
    return registries;
  }

  /** Returns the elements that are set; an empty element of a list is an error. */
  private List<Node> list(@Nullable Node node, String what) {
    if (node == null) {
      return List.of();
    }
    var elements = nodes.elements(node, what);
    if (elements == null) {
      return List.of();
    }
    if (elements.isEmpty()) {
      nodes.problem(node, what + " is an empty list", "leave it out, or name one");
    }
    for (var element : elements) {
      if (NodeReader.isUnset(element)) {
        nodes.problem(element, "an empty element of " + what, "remove it");
      }
    }
    return elements;
  }
}
