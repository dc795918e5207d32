package dev.rig.credentials.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** The texts in what may be JSON, for redaction. */
public final class JsonTexts {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonTexts() {}

  /** All strings that are values, as far as the bytes can be read as JSON; empty if they cannot. */
  public static Set<String> in(byte[] bytes) {
    var texts = new HashSet<String>();
    try (var json = FACTORY.createParser(bytes)) {
      for (var token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          texts.add(json.getText());
        }
      }
    } catch (IOException e) {
      // What came before it stays: it is not JSON, or it is cut.
    }
    return texts;
  }
}
