package dev.rig.credentials.cli.output;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Pattern;

/** YAML of the command line: objects of texts and objects, as a manifest is. */
public final class YamlOutput {
  private static final Pattern PLAIN = Pattern.compile("\\.?[A-Za-z][A-Za-z./-]*");

  private static final Pattern RESERVED =
      Pattern.compile("true|false|null|yes|no|on|off|y|n|\\.inf|\\.nan", Pattern.CASE_INSENSITIVE);

  private YamlOutput() {}

  public static String print(Map<String, Object> document) {
    var text = new StringBuilder();
    append(text, document, "");
    return text.toString();
  }

  /** Every text in double quotes, which YAML reads as JSON does. */
  private static void append(StringBuilder text, Map<?, ?> fields, String indent) {
    fields.forEach((key, value) -> {
      text.append(indent).append(quoted(key)).append(':');
      if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
        text.append('\n');
        append(text, inner, indent + "  ");
      } else {
        text.append(' ').append(value instanceof Map<?, ?> ? "{}" : quoted(value)).append('\n');
      }
    });
  }

  /** A word stands as it is, unless YAML would take it for something else. */
  private static String quoted(Object value) {
    var word = value.toString();
    if (PLAIN.matcher(word).matches() && !RESERVED.matcher(word).matches()) {
      return word;
    }
    try {
      return JSON.std.asString(word);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a text in memory does not fail
    }
  }
}
