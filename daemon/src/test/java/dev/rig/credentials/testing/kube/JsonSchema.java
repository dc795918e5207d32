package dev.rig.credentials.testing.kube;

import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Checks documents against the schemas of an OpenAPI 3.1 document, as far as ours use JSON Schema;
 * a keyword that it does not know fails the test instead of passing everything.
 */
public final class JsonSchema {
  private static final List<String> KNOWN =
      List.of(
          "$ref",
          "type",
          "required",
          "properties",
          "additionalProperties",
          "items",
          "enum",
          "const",
          "format",
          "pattern",
          "minimum",
          "maximum",
          "minLength",
          "default",
          "description");

  private final Map<?, ?> root;
  private final List<String> complaints = new ArrayList<>();

  private JsonSchema(Map<?, ?> root) {
    this.root = root;
  }

  /** What is wrong with the value; empty is good. */
  public static List<String> complaints(Map<?, ?> root, Map<?, ?> schema, Object value) {
    var checker = new JsonSchema(root);
    checker.check(schema, value, "$");
    return checker.complaints;
  }

  /** What a reference within the document leads to. */
  public static Map<?, ?> resolve(Map<?, ?> root, Map<?, ?> node) {
    if (!(node.get("$ref") instanceof String reference)) {
      return node;
    }
    Object found = root;
    for (var step : reference.substring("#/".length()).split("/", -1)) {
      found = ((Map<?, ?>) found).get(step);
    }
    return (Map<?, ?>) found;
  }

  /** The object in a field that has to be there. */
  public static Map<?, ?> object(Object node, String name) {
    return (Map<?, ?>) Objects.requireNonNull(((Map<?, ?>) node).get(name), name);
  }

  /** The array in a field that has to be there. */
  public static List<?> array(Object node, String name) {
    return (List<?>) Objects.requireNonNull(((Map<?, ?>) node).get(name), name);
  }

  private void check(Map<?, ?> reference, Object value, String path) {
    var schema = resolve(root, reference);
    for (var keyword : schema.keySet()) {
      if (!KNOWN.contains(keyword)) {
        complaints.add(path + ": the schema has an unknown keyword " + keyword);
      }
    }
    if (schema.get("type") instanceof String type && !isA(type, value)) {
      complaints.add(path + " is no " + type + ": " + value);
      return;
    }
    if (schema.get("enum") instanceof List<?> values && !values.contains(value)) {
      complaints.add(path + " is none of " + values + ": " + value);
    }
    if (schema.containsKey("const") && !schema.get("const").equals(value)) {
      complaints.add(path + " is not " + schema.get("const"));
    }
    switch (value) {
      case Map<?, ?> object -> object(schema, object, path);
      case List<?> array -> {
        for (int i = 0; i < array.size(); i++) {
          check((Map<?, ?>) schema.get("items"), array.get(i), path + "[" + i + "]");
        }
      }
      case String text -> text(schema, text, path);
      case Number number -> number(schema, number.doubleValue(), path);
      default -> {}
    }
  }

  private static boolean isA(String type, Object value) {
    return switch (type) {
      case "object" -> value instanceof Map;
      case "array" -> value instanceof List;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "integer" -> value instanceof Integer || value instanceof Long;
      default -> false;
    };
  }

  private void object(Map<?, ?> schema, Map<?, ?> object, String path) {
    var properties = schema.get("properties") instanceof Map<?, ?> some ? some : Map.of();
    if (schema.get("required") instanceof List<?> required) {
      required.stream()
          .filter(name -> !object.containsKey(name))
          .forEach(name -> complaints.add(path + " has no " + name));
    }
    object.forEach((name, value) -> {
      var inner = path + "." + name;
      if (properties.get(name) instanceof Map<?, ?> property) {
        check(property, value, inner);
      } else if (schema.get("additionalProperties") instanceof Map<?, ?> others) {
        check(others, value, inner);
      } else if (Boolean.FALSE.equals(schema.get("additionalProperties"))) {
        complaints.add(inner + " is not in the schema");
      }
    });
  }

  private void text(Map<?, ?> schema, String text, String path) {
    if (schema.get("pattern") instanceof String pattern
        && !Pattern.compile(pattern).matcher(text).find()) {
      complaints.add(path + " does not match " + pattern + ": " + text);
    }
    if (schema.get("minLength") instanceof Number least && text.length() < least.intValue()) {
      complaints.add(path + " is too short");
    }
    try {
      switch (String.valueOf(schema.get("format"))) {
        case "date-time" -> Instant.parse(text);
        case "uri" -> URI.create(text);
        default -> {}
      }
    } catch (DateTimeParseException | IllegalArgumentException e) {
      complaints.add(path + " is no " + schema.get("format") + ": " + text);
    }
  }

  private void number(Map<?, ?> schema, double number, String path) {
    if (schema.get("minimum") instanceof Number least && number < least.doubleValue()) {
      complaints.add(path + " is too small");
    }
    if (schema.get("maximum") instanceof Number most && number > most.doubleValue()) {
      complaints.add(path + " is too large");
    }
  }
}
