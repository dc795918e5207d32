package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.config.yaml.NodeReader.Located;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads {@code env} of one entry: a later document overrides earlier ones, variable by variable.
 */
final class EnvironmentReader {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, Located<String>> variables = new HashMap<>();

  void read(NodeReader nodes, Node node) {
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
      } else if (EntrySource.Script.isOfShells(variable.key())) {
        nodes.problem(
            variable.keyNode(),
            "this variable would change how a shell reads the script",
            "choose another name");
      } else {
        var value = processText(nodes, variable.value(), "the variable");
        if (value != null) {
          variables.put(variable.key(), value);
        }
      }
    }
  }

  /** Returns one of the variables; null if absent. */
  @Nullable Located<String> any() {
    return variables.values().stream().findFirst().orElse(null);
  }

  Map<String, String> values() {
    var values = HashMap.<String, String>newHashMap(variables.size());
    variables.forEach((name, value) -> values.put(name, value.value()));
    return values;
  }

  /** Reads a text that is passed to a process; it must not contain NUL, which would end it. */
  static @Nullable Located<String> processText(NodeReader nodes, Node node, String what) {
    var text = nodes.text(node, what);
    if (text != null && text.value().indexOf('\0') >= 0) {
      nodes.problem(node, what + " contains a NUL", null);
      return null;
    }
    return text;
  }
}
