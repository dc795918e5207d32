package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.Layers;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.config.yaml.KnownNames;
import dev.rig.credentials.config.yaml.Located;
import dev.rig.credentials.config.yaml.NodeReader;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/** Lays one file's fields of a registry entry on its draft. */
final class EntryReader {
  private static final KnownNames KEYS =
      new KnownNames(
          "key",
          "username",
          "password",
          "script",
          "expire",
          "timeout",
          "env",
          "alias",
          "default",
          "serviceAccount");

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** What the client takes for a name, see {@code docker-credential-rig-NAME} in its protocol. */
  private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final NodeReader nodes;

  EntryReader(NodeReader nodes) {
    this.nodes = nodes;
  }

  void read(Node keyNode, Node entry, EntryDraft draft) {
    int problems = nodes.findings().count();
    for (var field : nodes.fields(entry, "an entry")) {
      read(field, keyNode, draft);
    }
    draft.broken |= nodes.findings().count() > problems;
  }

  private void read(NodeReader.Field field, Node keyNode, EntryDraft draft) {
    var node = field.value();
    switch (field.key()) {
      case "username" -> {
        var username = username(node);
        draft.username = Layers.last(draft.username, username);
        draft.origin = username == null ? draft.origin : nodes.at(keyNode);
      }
      case "password" ->
          draft.password = Layers.last(draft.password, nodes.line(node, "the password"));
      case "script" -> {
        var script = script(node);
        draft.script = Layers.last(draft.script, script);
        draft.origin = script == null ? draft.origin : nodes.at(keyNode);
      }
      case "expire" ->
          draft.expire =
              Layers.last(
                  draft.expire,
                  nodes.duration(node, "expire", RegistryEntry.SHORTEST_EXPIRE, null));
      case "timeout" ->
          draft.timeout =
              Layers.last(
                  draft.timeout,
                  nodes.duration(
                      node,
                      "the timeout",
                      EntrySource.Script.SHORTEST_TIMEOUT,
                      EntrySource.Script.LONGEST_TIMEOUT));
      case "env" -> environment(node, draft);
      case "alias" ->
          draft.alias = Layers.last(draft.alias, nodes.value(node, "the alias", this::alias));
      case "default" -> draft.isDefault = Layers.last(draft.isDefault, nodes.bool(node, "default"));
      case "serviceAccount" ->
          draft.serviceAccount =
              Layers.last(
                  draft.serviceAccount,
                  nodes.oneOf(node, "serviceAccount", ServiceAccountUse.class));
      default -> KEYS.reportUnknown(nodes.findings(), nodes.at(field.keyNode()), field.key());
    }
  }

  private @Nullable Located<String> username(Node node) {
    var username = nodes.line(node, "the user name");
    if (username != null && username.value().indexOf(':') >= 0) {
      nodes.problem(
          node, "the user name holds a colon", "what follows it is the password: use that field");
      return null;
    }
    return username;
  }

  private @Nullable Located<String> script(Node node) {
    var script = processText(node, "the script");
    if (script != null && script.value().isBlank()) {
      nodes.problem(node, "the script is blank", "leave it out, or write one");
      return null;
    }
    return script;
  }

  private void environment(Node node, EntryDraft draft) {
    for (var variable : nodes.fields(node, "env")) {
      if (!VARIABLE.matcher(variable.key()).matches()) {
        nodes.problem(
            variable.keyNode(),
            "not a name for an environment variable",
            "letters, digits and underscores, no digit first");
      } else if (variable.key().startsWith("RIG_")) {
        nodes.problem(
            variable.keyNode(),
            "variables that begin with RIG_ are the daemon's own",
            "choose another name");
      } else {
        var value = processText(variable.value(), "the variable");
        if (value != null) {
          draft.env.put(variable.key(), value);
        }
      }
    }
  }

  /** What is handed to a process ends at its first NUL. */
  private @Nullable Located<String> processText(Node node, String what) {
    var text = nodes.text(node, what);
    if (text != null && text.value().indexOf('\0') >= 0) {
      nodes.problem(node, what + " holds a NUL", null);
      return null;
    }
    return text;
  }

  private String alias(String text) throws InvalidSettingException {
    if (!ALIAS.matcher(text).matches()) {
      throw new InvalidSettingException(
          "not a name for an alias", "1 to 64 letters, digits, dots, dashes or underscores");
    }
    return text;
  }
}
