package dev.rig.credentials.config.yaml;

import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import java.nio.charset.StandardCharsets;

/** The one escape of JSON that YAML 1.1 does not have: {@code \/} (RFC 8259, section 7). */
final class JsonSlashes {
  private JsonSlashes() {}

  /**
   * Returns a JSON document without this escape, and with everything else in the same place.
   * Returns any other text unchanged, because a backslash may be literal there.
   */
  static String without(String text) {
    return text.contains("\\/") && text.stripLeading().startsWith("{") && isJson(text)
        ? plain(text)
        : text;
  }

  private static boolean isJson(String text) {
    try {
      JsonObject.parse(text.getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (JsonException e) {
      return false;
    }
  }

  /** Adds to each string's end as many spaces as it has lost characters. */
  private static String plain(String json) {
    var plain = new StringBuilder(json.length());
    int missing = 0;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '\\') {
        char escaped = json.charAt(++i);
        if (escaped == '/') {
          missing++;
        } else {
          plain.append(c);
        }
        plain.append(escaped);
      } else {
        plain.append(c);
        if (c == '"') {
          plain.repeat(' ', missing);
          missing = 0;
        }
      }
    }
    return plain.toString();
  }
}
