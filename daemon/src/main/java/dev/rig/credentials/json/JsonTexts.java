package dev.rig.credentials.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** Finds the texts in bytes that may be JSON, for redaction. */
public final class JsonTexts {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonTexts() {}

  /** Returns all string values that can be read before the first JSON error. */
  public static Set<String> in(byte[] bytes) {
    var texts = new HashSet<String>();
    try (var json = FACTORY.createParser(bytes)) {
      for (var token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          texts.add(json.getText());
        }
      }
    } catch (IOException e) {
      // Keeps what was read before: the text is not JSON, or is truncated.
    }
    return texts;
  }
}
