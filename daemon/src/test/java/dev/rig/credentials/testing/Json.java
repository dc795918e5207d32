package dev.rig.credentials.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** JSON, read and written by another library than the daemon's. */
public final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  public static Map<String, Object> object(String document) {
    return object(document.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Returns the fields of an object; throws UncheckedIOException for anything else. */
  @SuppressWarnings("unchecked") // the keys of a JSON object are texts
  public static Map<String, Object> object(byte[] document) {
    try {
      return MAPPER.readValue(document, Map.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked") // as every list
  public static List<Object> list(String document) {
    try {
      return MAPPER.readValue(document, List.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
