package dev.rig.credentials.config.yaml;

import dev.rig.credentials.config.GoDuration;
import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads one file's nodes as the expected types. Every method returns null for an unset value
 * (absent, null or an empty text) and for an invalid one, which is also a finding.
 */
public final class NodeReader {
  /** A key with its value. */
  public record Field(String key, Node keyNode, Node value) {
    @Override
    public String toString() {
      return "Field[redacted]";
    }
  }

  /** A value with its location. It does not print the value, which may be secret. */
  public record Located<T>(T value, SourcePosition origin) {
    @Override
    public String toString() {
      return "Located[" + origin + "]";
    }
  }

  /** Converts a text to the value of a setting. */
  @FunctionalInterface
  public interface Conversion<T> {
    T of(String text) throws InvalidSettingException;
  }

  private final String file;
  private final ProblemCollector findings;

  public NodeReader(String file, ProblemCollector findings) {
    this.file = file;
    this.findings = findings;
  }

  public ProblemCollector findings() {
    return findings;
  }

  public SourcePosition at(Node node) {
    return SourcePosition.at(file, node.getStartMark());
  }

  public void problem(Node node, String message, @Nullable String hint) {
    findings.add(at(node), message, hint);
  }

  public void remark(Node node, String message, @Nullable String hint) {
    findings.remark(at(node), message, hint);
  }

  /** Returns whether a node is unset: the chart renders unset fields as empty texts. */
  public static boolean isUnset(Node node) {
    return node instanceof ScalarNode scalar && isUnset(scalar);
  }

  static boolean isUnset(ScalarNode scalar) {
    return switch (scalar.getValue()) {
      case "" -> true;
      case "~", "null", "Null", "NULL" -> scalar.isPlain();
      default -> false;
    };
  }

  /** Returns a mapping's fields, each key once; keys that are not text are already reported. */
  public List<Field> fields(Node node, String what) {
    if (isUnset(node)) {
      return List.of();
    }
    if (!(node instanceof MappingNode mapping)) {
      problem(node, what + " must be a mapping", "write key: value pairs below it");
      return List.of();
    }
    var tuples = mapping.getValue();
    var fields = new ArrayList<Field>(tuples.size());
    var seen = HashSet.<String>newHashSet(tuples.size());
    for (var tuple : tuples) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        continue;
      }
      if (key.isPlain() && key.getValue().equals("<<")) {
        problem(
            key, "merge keys are not supported", "write the fields out, or give an alias whole");
      } else if (seen.add(key.getValue())) {
        fields.add(new Field(key.getValue(), key, tuple.getValueNode()));
      }
    }
    return fields;
  }

  /** Returns a list's elements; null if unset or invalid. */
  public @Nullable List<Node> elements(Node node, String what) {
    if (isUnset(node)) {
      return null;
    }
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    problem(node, what + " must be a list", "write it like [one, two]");
    return null;
  }

  /** Returns a scalar's text exactly as written, regardless of its YAML type. */
  public @Nullable Located<String> text(Node node, String what) {
    if (!(node instanceof ScalarNode scalar)) {
      problem(node, what + " must be a single value", null);
      return null;
    }
    if (isUnset(scalar)) {
      return null;
    }
    var text = scalar.getValue();
    if (hasLoneSurrogate(text)) {
      problem(node, what + " contains an unpaired surrogate", "check its \\u escapes");
      return null;
    }
    return new Located<>(text, at(node));
  }

  /** Returns a text without control characters. */
  public @Nullable Located<String> line(Node node, String what) {
    return printable(node, what, "");
  }

  /** Returns a text of one or more lines, without a trailing line break. */
  public @Nullable Located<String> lines(Node node, String what) {
    return printable(node, what, "\n\r\t");
  }

  private @Nullable Located<String> printable(Node node, String what, String allowed) {
    var text = text(node, what);
    if (text == null) {
      return null;
    }
    boolean control =
        text.value().chars().anyMatch(c -> Character.isISOControl(c) && allowed.indexOf(c) < 0);
    if (control || text.value().endsWith("\n") || text.value().endsWith("\r")) {
      problem(
          node,
          what + " contains a control character",
          text.value().endsWith("\n") ? "end a block with |- instead of |" : null);
      return null;
    }
    return text;
  }

  public <T> @Nullable Located<T> value(Node node, String what, Conversion<T> conversion) {
    var text = line(node, what);
    if (text == null) {
      return null;
    }
    try {
      return new Located<>(conversion.of(text.value()), text.origin());
    } catch (InvalidSettingException e) {
      problem(node, e.reason(), e.hint());
      return null;
    }
  }

  /**
   * Parses the key of a registry, for {@link #value}.
   *
   * @throws InvalidSettingException if it is invalid
   */
  public static RegistryPrefix registry(String text) throws InvalidSettingException {
    try {
      return RegistryPrefix.parse(text);
    } catch (InvalidReferenceException e) {
      throw new InvalidSettingException("not a registry: " + e.getMessage(), null);
    }
  }

  public @Nullable Located<Boolean> bool(Node node, String what) {
    return value(
        node,
        what,
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default ->
                  throw new InvalidSettingException(
                      what + " must be true or false", "write true or false");
            });
  }

  public @Nullable Located<Duration> duration(
      Node node, String what, Duration shortest, @Nullable Duration longest) {
    return value(
        node,
        what,
        text -> {
          var duration = GoDuration.parse(text);
          if (duration.compareTo(shortest) < 0) {
            throw new InvalidSettingException(
                what + " is too short",
                "at least " + words(shortest) + "; leave it out for the default");
          }
          if (longest != null && duration.compareTo(longest) > 0) {
            throw new InvalidSettingException(what + " is too long", "at most " + words(longest));
          }
          return duration;
        });
  }

  /** Returns one of an enum's names in lower case. */
  public <E extends Enum<E>> @Nullable Located<E> oneOf(Node node, String what, Class<E> type) {
    return value(
        node,
        what,
        text -> {
          var names = new ArrayList<String>();
          for (var constant : type.getEnumConstants()) {
            var name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(text)) {
              return constant;
            }
            names.add(name);
          }
          throw new InvalidSettingException(
              what + " is not a known value", String.join(", ", names));
        });
  }

  private static String words(Duration duration) {
    if (duration.toMillis() < 1_000) {
      return duration.toMillis() + "ms";
    }
    return duration.toSeconds() % 60 == 0 ? duration.toMinutes() + "m" : duration.toSeconds() + "s";
  }

  private static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }
}
