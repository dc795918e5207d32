package dev.rig.credentials.chart;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.comments.CommentLine;
import org.yaml.snakeyaml.comments.CommentType;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** The tables of values in the chart's README, made from the comments of {@code values.yaml}. */
final class ChartReadme {
  static final String BEGIN = "<!-- values: made from values.yaml -->\n";
  static final String END = "<!-- end of values -->\n";

  private ChartReadme() {}

  /** Returns a README with current tables. */
  static String updated(String readme, String valuesYaml) {
    int begin = readme.indexOf(BEGIN);
    int end = readme.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("the README has no place for its tables");
    }
    return readme.substring(0, begin + BEGIN.length()) + tables(valuesYaml) + readme.substring(end);
  }

  /** Returns a table for each of the top-level values. */
  static String tables(String valuesYaml) {
    var options = new LoaderOptions();
    options.setProcessComments(true);
    var root = (MappingNode) new Yaml(options).compose(new StringReader(valuesYaml));
    var text = new StringBuilder();
    for (var top : root.getValue()) {
      text.append("\n### `").append(key(top)).append("`\n\n").append(comment(top)).append("\n\n");
      text.append("| Value | Default | |\n|---|---|---|\n");
      rows(text, key(top), top.getValueNode());
    }
    return text.append('\n').toString();
  }

  private static void rows(StringBuilder text, String prefix, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      return;
    }
    for (var tuple : mapping.getValue()) {
      var name = prefix + "." + key(tuple);
      var value = tuple.getValueNode();
      boolean group = value instanceof MappingNode inner && isGroup(inner);
      var comment = comment(tuple);
      if (!group || !comment.isEmpty()) {
        text.append("| `").append(name).append("` | ");
        text.append(group ? "" : "`" + flow(value) + "`").append(" | ");
        text.append(comment.replace("|", "\\|")).append(" |\n");
      }
      if (group) {
        rows(text, name, value);
      }
    }
  }

  /**
   * Returns whether the mapping is a group of values; others, such as a node selector, are one
   * value.
   */
  private static boolean isGroup(MappingNode mapping) {
    return !mapping.getValue().isEmpty()
        && mapping.getValue().stream().noneMatch(tuple -> key(tuple).contains("/"))
        && mapping.getValue().stream().noneMatch(tuple -> key(tuple).equals("requests"));
  }

  private static String key(NodeTuple tuple) {
    return ((ScalarNode) tuple.getKeyNode()).getValue();
  }

  private static String comment(NodeTuple tuple) {
    List<CommentLine> lines =
        Objects.requireNonNullElse(tuple.getKeyNode().getBlockComments(), List.of());
    return lines.stream()
        .filter(line -> line.getCommentType() == CommentType.BLOCK)
        .map(line -> line.getValue().strip())
        .collect(Collectors.joining(" "));
  }

  /** Returns the value on one line, as a person would write it. */
  private static String flow(Node node) {
    return switch (node) {
      case MappingNode mapping ->
          mapping.getValue().stream()
              .map(tuple -> key(tuple) + ": " + flow(tuple.getValueNode()))
              .collect(Collectors.joining(", ", "{", "}"));
      case SequenceNode sequence ->
          sequence.getValue().stream()
              .map(ChartReadme::flow)
              .collect(Collectors.joining(", ", "[", "]"));
      case ScalarNode scalar ->
          scalar.isPlain() ? scalar.getValue() : "\"" + scalar.getValue() + "\"";
      default -> throw new IllegalArgumentException("no value: " + node);
    };
  }

  /** Returns whether the chart's README is current; writes it if requested. */
  static boolean isCurrent(boolean write) throws IOException {
    var folder = Chart.ours().folder();
    var file = folder.resolve("README.md");
    var readme = Files.readString(file);
    var updated = updated(readme, Files.readString(folder.resolve("values.yaml")));
    if (write) {
      Files.writeString(file, updated);
    }
    return readme.equals(updated);
  }
}
