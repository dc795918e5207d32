package dev.rig.credentials.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the tree of one document. */
final class JsonReader {
  /** The limit of nested objects and lists. */
  static final int DEEPEST = 100;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
          .build();

  private final JsonParser parser;

  private JsonReader(JsonParser parser) {
    this.parser = parser;
  }

  static JsonObject read(String document) throws JsonException {
    return read(document, FACTORY, "JSON");
  }

  /**
   * Reads another format that Jackson supports.
   *
   * @param form its name, for messages
   */
  static JsonObject read(String document, JsonFactory factory, String form) throws JsonException {
    try (var parser = factory.createParser(document)) {
      var reader = new JsonReader(parser);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw reader.error("it is not a " + form + " object");
      }
      var object = reader.object();
      if (parser.nextToken() != null) {
        throw reader.error("there is text after the JSON object");
      }
      return object;
    } catch (StreamConstraintsException e) {
      throw new JsonException(
          "it is nested deeper than "
              + DEEPEST
              + " levels, or has a name or number too long to read",
          e.getLocation());
    } catch (JsonProcessingException e) {
      // Its message quotes the document.
      throw new JsonException("it is not valid " + form, e.getLocation());
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory cannot fail to be read", e);
    }
  }

  private JsonObject object() throws IOException, JsonException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      if (fields.containsKey(name)) {
        throw error("it has a duplicate key");
      }
      fields.put(name, value(parser.nextToken()));
    }
    return new JsonObject(fields);
  }

  private @Nullable Object value(JsonToken token) throws IOException, JsonException {
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> list();
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT ->
          parser.getNumberValue() instanceof BigInteger big ? big : (Object) parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> decimal();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  private BigDecimal decimal() throws IOException, JsonException {
    try {
      return parser.getDecimalValue();
    } catch (NumberFormatException e) {
      throw error("it has a number that is out of range");
    }
  }

  private List<@Nullable Object> list() throws IOException, JsonException {
    List<@Nullable Object> values = new ArrayList<>();
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      values.add(value(token));
    }
    return values;
  }

  private JsonException error(String message) {
    return new JsonException(message, parser.currentTokenLocation());
  }
}
