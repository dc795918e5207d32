package dev.rig.credentials.registry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object that somebody else wrote: what is not there, or is of another type, is nothing.
 *
 * @param fields by name
 */
public record JsonObject(Map<String, Object> fields) {
  /** No fields. */
  static final JsonObject EMPTY = new JsonObject(Map.of());

  /** A key that comes twice would mean one thing to us and another to the next reader. */
  private static final JSON READER =
      JSON.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build();

  /**
   * Reads an object.
   *
   * @param who its sender, for people
   * @throws CallException when it is none
   */
  public static JsonObject parse(byte[] bytes, String who) throws CallException {
    try {
      return new JsonObject(READER.mapFrom(bytes));
    } catch (IOException e) {
      throw CallException.badAnswer(who + " sent no valid JSON object");
    }
  }

  public @Nullable String text(String name) {
    return fields.get(name) instanceof String text ? text : null;
  }

  /** A number that is not negative and not broken; null for anything else. */
  public @Nullable Long size(String name) {
    return fields.get(name) instanceof Number number
            && (number instanceof Integer || number instanceof Long)
            && number.longValue() >= 0
        ? Long.valueOf(number.longValue())
        : null;
  }

  public boolean has(String name) {
    return fields.get(name) != null;
  }

  /** The object in a field; an empty one where there is none. */
  public JsonObject object(String name) {
    return of(fields.get(name));
  }

  /** The objects of a list; what else stands in it is an empty object. */
  public List<JsonObject> objects(String name) {
    return fields.get(name) instanceof List<?> list
        ? list.stream().map(JsonObject::of).toList()
        : List.of();
  }

  /** The texts of a list, without what else stands in it. */
  public List<String> texts(String name) {
    return fields.get(name) instanceof List<?> list
        ? list.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }

  @SuppressWarnings("unchecked") // the keys of a JSON object are texts
  private static JsonObject of(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? new JsonObject((Map<String, Object>) map) : EMPTY;
  }
}
