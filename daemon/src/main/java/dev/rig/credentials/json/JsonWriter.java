package dev.rig.credentials.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Writes the fields of an object in the order of the calls, without fields that are null. */
public final class JsonWriter {
  private final JsonGenerator json;

  private JsonWriter(JsonGenerator json) {
    this.json = json;
  }

  /** The fields of one object. */
  @FunctionalInterface
  public interface Fields {
    void write(JsonWriter json);
  }

  /** Returns one object in UTF-8, with a newline after it. */
  public static byte[] line(JsonForm form, Fields fields) {
    var bytes = buffer(form, fields);
    bytes.write('\n');
    return bytes.toByteArray();
  }

  /** Returns one object in UTF-8. */
  public static byte[] bytes(Fields fields) {
    return buffer(JsonForm.COMPACT, fields).toByteArray();
  }

  private static ByteArrayOutputStream buffer(JsonForm form, Fields fields) {
    var bytes = new ByteArrayOutputStream(256);
    try (var json = form.on(bytes)) {
      new JsonWriter(json).object(fields);
    } catch (IOException e) {
      throw inMemory(e);
    }
    return bytes;
  }

  /** Returns one object as text. */
  public static String text(JsonForm form, Fields fields) {
    var text = new StringWriter();
    try (var json = form.on(text)) {
      new JsonWriter(json).object(fields);
    } catch (IOException e) {
      throw inMemory(e);
    }
    return text.toString();
  }

  /**
   * Returns one value as text.
   *
   * @param value as in {@link #put}
   */
  public static String text(JsonForm form, @Nullable Object value) {
    var text = new StringWriter();
    try (var json = form.on(text)) {
      new JsonWriter(json).value(value);
    } catch (IOException e) {
      throw inMemory(e);
    }
    return text.toString();
  }

  /** Returns a text in quotes, valid for JSON and YAML. */
  public static String quoted(String text) {
    return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /**
   * Writes a field.
   *
   * @param value a number, a boolean, an object, a map, or a collection of these; an instant is
   *     written in seconds, {@link Instant#MAX} is left out; any other value as text; null writes
   *     no field
   */
  public JsonWriter put(String name, @Nullable Object value) {
    if (value == null || Instant.MAX.equals(value)) {
      return this;
    }
    try {
      json.writeFieldName(name);
      value(value);
    } catch (IOException e) {
      throw inMemory(e);
    }
    return this;
  }

  /** Writes a field with an object. */
  public JsonWriter object(String name, Fields fields) {
    try {
      json.writeFieldName(name);
      object(fields);
    } catch (IOException e) {
      throw inMemory(e);
    }
    return this;
  }

  /** Writes a field with a list of objects. */
  public <T> JsonWriter objects(
      String name, Iterable<T> values, BiConsumer<JsonWriter, ? super T> fields) {
    try {
      json.writeArrayFieldStart(name);
      for (var value : values) {
        object(one -> fields.accept(one, value));
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw inMemory(e);
    }
    return this;
  }

  private void object(Fields fields) throws IOException {
    json.writeStartObject();
    fields.write(this);
    json.writeEndObject();
  }

  private void value(@Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case String text -> json.writeString(text);
      case Boolean flag -> json.writeBoolean(flag);
      case Long number -> json.writeNumber(number);
      case Number number -> json.writeNumber(new BigDecimal(number.toString()));
      case Instant instant -> json.writeString(instant.truncatedTo(ChronoUnit.SECONDS).toString());
      case JsonObject object -> value(object.fields());
      case Map<?, ?> fields -> {
        json.writeStartObject();
        for (var field : fields.entrySet()) {
          json.writeFieldName(field.getKey().toString());
          value(field.getValue());
        }
        json.writeEndObject();
      }
      case Collection<?> values -> {
        json.writeStartArray();
        for (var one : values) {
          value(one);
        }
        json.writeEndArray();
      }
      default -> json.writeString(value.toString());
    }
  }

  private static UncheckedIOException inMemory(IOException e) {
    return new UncheckedIOException("writing to memory does not fail", e);
  }
}
