package dev.rig.credentials.cli.output;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON of the command line: maps and lists, indented where it is printed. */
public final class JsonOutput {
  private static final JSON INDENTED = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

  private JsonOutput() {}

  public static String print(Object value) {
    try {
      return INDENTED.asString(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a text in memory does not fail
    }
  }

  /** An object of the daemon's; what it says of itself is taken to be true. */
  public static Node parse(String document) {
    try {
      return new Node(JSON.std.mapFrom(document));
    } catch (IOException e) {
      throw new CommandException(ExitStatus.FAILED, "the daemon's answer is not valid JSON");
    }
  }

  /** An object of the daemon's as it came over the socket. */
  public static Node parse(byte[] document) {
    return parse(new String(document, StandardCharsets.UTF_8));
  }

  /** An object and its fields. */
  public record Node(Map<String, Object> fields) {
    /** The text or number of a field; a dash where it is not there. */
    public String text(String name) {
      var value = fields.get(name);
      return value == null ? "-" : value.toString();
    }

    public boolean has(String name) {
      return fields.get(name) != null;
    }

    public boolean isTrue(String name) {
      return Boolean.TRUE.equals(fields.get(name));
    }

    public List<Node> list(String name) {
      return fields.get(name) instanceof List<?> list
          ? list.stream().map(JsonOutput::node).toList()
          : List.of();
    }

    public List<String> texts(String name) {
      return fields.get(name) instanceof List<?> list
          ? list.stream().map(String::valueOf).toList()
          : List.of();
    }

    public @Nullable Node child(String name) {
      return fields.get(name) == null ? null : node(fields.get(name));
    }
  }

  @SuppressWarnings("unchecked") // the keys of a JSON object are texts
  private static Node node(@Nullable Object value) {
    return value instanceof Map<?, ?> map
        ? new Node((Map<String, Object>) map)
        : new Node(Map.of());
  }
}
