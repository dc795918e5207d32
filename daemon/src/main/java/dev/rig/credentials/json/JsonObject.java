package dev.rig.credentials.json;

import dev.rig.credentials.text.Printable;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An immutable JSON object. Typed accessors return an empty value or null if a field is absent,
 * {@code null} or of another type.
 */
public final class JsonObject {
  /** An object without fields. */
  public static final JsonObject EMPTY = new JsonObject(Map.of());

  /** The size limit of a document, in bytes. */
  public static final int LARGEST = 16 << 20;

  /** The limit of digits of a number of seconds. */
  private static final int MOST_DIGITS = 18;

  private final Map<String, @Nullable Object> fields;

  JsonObject(Map<String, @Nullable Object> fields) {
    this.fields = Collections.unmodifiableMap(fields);
  }

  /**
   * Parses a document that is exactly one object: UTF-8, at most {@link #LARGEST} bytes, at most
   * 100 levels deep, without duplicate keys.
   *
   * @throws JsonException if it is invalid
   */
  public static JsonObject parse(byte[] document) throws JsonException {
    return JsonReader.read(text(document));
  }

  /**
   * Parses a TOML document, within the same limits. Dates and times become texts.
   *
   * @throws JsonException if it is invalid
   */
  public static JsonObject parseToml(byte[] document) throws JsonException {
    return TomlReader.read(text(document));
  }

  private static String text(byte[] document) throws JsonException {
    if (document.length > LARGEST) {
      throw new JsonException("it is larger than " + LARGEST + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
    } catch (CharacterCodingException e) {
      throw new JsonException("it is not UTF-8");
    }
  }

  /**
   * Returns an object with these fields, in their order.
   *
   * @param fields of texts, numbers, booleans, nulls, lists and objects
   */
  public static JsonObject of(Map<String, ? extends @Nullable Object> fields) {
    return new JsonObject(new LinkedHashMap<>(fields));
  }

  /**
   * Returns the fields in the document's order: a {@code String}, {@code Long}, {@code BigInteger},
   * {@code BigDecimal}, {@code Boolean}, null, {@code List} of these, or {@code JsonObject}.
   */
  public Map<String, @Nullable Object> fields() {
    return fields;
  }

  /** Returns whether the field has a value other than {@code null}. */
  public boolean has(String name) {
    return fields.get(name) != null;
  }

  public boolean isTrue(String name) {
    return Boolean.TRUE.equals(fields.get(name));
  }

  public @Nullable String text(String name) {
    return fields.get(name) instanceof String text ? text : null;
  }

  /** Returns the text of a field; empty if absent. */
  public String textOrEmpty(String name) {
    return fields.get(name) instanceof String text ? text : "";
  }

  /** Returns the text or number of a field for people, escaped; a dash if absent. */
  public String display(String name) {
    var value = fields.get(name);
    return value == null ? "-" : Printable.of(value.toString());
  }

  /** Returns a non-negative integer that fits into a long; null for any other value. */
  public @Nullable Long size(String name) {
    return fields.get(name) instanceof Long size && size >= 0 ? size : null;
  }

  /**
   * Returns the instant that many seconds after the epoch, without fractions; null for any other
   * value.
   */
  public @Nullable Instant epochSeconds(String name) {
    try {
      return switch (fields.get(name)) {
        case Long seconds -> Instant.ofEpochSecond(seconds);
        // A number such as 1e999999999 must not be expanded.
        case BigDecimal seconds when (long) seconds.precision() - seconds.scale() <= MOST_DIGITS ->
            Instant.ofEpochSecond(seconds.longValue());
        case null, default -> null;
      };
    } catch (DateTimeException beyondTime) {
      return null;
    }
  }

  /** Returns the object in a field; an empty one if absent. */
  public JsonObject object(String name) {
    return fields.get(name) instanceof JsonObject object ? object : EMPTY;
  }

  /**
   * Returns the values of a list, with an empty object for each that is not an object; empty if
   * there is no list.
   */
  public List<JsonObject> objects(String name) {
    return fields.get(name) instanceof List<?> list
        ? list.stream().map(value -> value instanceof JsonObject object ? object : EMPTY).toList()
        : List.of();
  }

  /** Returns the texts of a list, without other values; empty if there is no list. */
  public List<String> texts(String name) {
    return fields.get(name) instanceof List<?> list
        ? list.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }

  /** Returns the fields that are texts. */
  public Map<String, String> texts() {
    var texts = new LinkedHashMap<String, String>();
    fields.forEach((name, value) -> {
      if (value instanceof String text) {
        texts.put(name, text);
      }
    });
    return texts;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonObject object && fields.equals(object.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  /** Omits the values, which may be secret. */
  @Override
  public String toString() {
    return "JsonObject" + fields.keySet();
  }
}
