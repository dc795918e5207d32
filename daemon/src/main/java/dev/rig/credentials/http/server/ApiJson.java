package dev.rig.credentials.http.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** JSON documents; what is not known is left out of them. */
public final class ApiJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Writes the fields of one object. */
  @FunctionalInterface
  public interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private ApiJson() {}

  public static byte[] object(Fields fields) {
    var bytes = new ByteArrayOutputStream(256);
    try (var json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array does not fail
    }
    return bytes.toByteArray();
  }

  public static String text(Fields fields) {
    return new String(object(fields), StandardCharsets.UTF_8);
  }

  public static void text(JsonGenerator json, String name, @Nullable Object value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value.toString());
    }
  }

  public static void instant(JsonGenerator json, String name, @Nullable Instant instant)
      throws IOException {
    if (instant != null && !instant.equals(Instant.MAX)) {
      text(json, name, instant.truncatedTo(ChronoUnit.SECONDS));
    }
  }
}
