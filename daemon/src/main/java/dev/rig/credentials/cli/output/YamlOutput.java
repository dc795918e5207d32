package dev.rig.credentials.cli.output;

import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Prints YAML: objects of texts and objects, as in a manifest. */
public final class YamlOutput {
  private static final Pattern PLAIN = Pattern.compile("\\.?[A-Za-z][A-Za-z./-]*");

  private static final Pattern RESERVED =
      Pattern.compile("true|false|null|yes|no|on|off|y|n|\\.inf|\\.nan", Pattern.CASE_INSENSITIVE);

  private YamlOutput() {}

  public static String print(JsonObject document) {
    var text = new StringBuilder();
    append(text, document, "");
    return text.toString();
  }

  /** Appends an object; every text is double-quoted, which YAML reads as JSON does. */
  private static void append(StringBuilder text, JsonObject object, String indent) {
    object
        .fields()
        .forEach((key, value) -> {
          text.append(indent).append(quoted(key)).append(':');
          if (value instanceof JsonObject inner && !inner.equals(JsonObject.EMPTY)) {
            text.append('\n');
            append(text, inner, indent + "  ");
          } else {
            text.append(' ')
                .append(value instanceof JsonObject ? "{}" : quoted(value))
                .append('\n');
          }
        });
  }

  /** Quotes a text unless YAML reads it as the same text. */
  private static String quoted(@Nullable Object value) {
    var word = String.valueOf(value);
    boolean plain = PLAIN.matcher(word).matches() && !RESERVED.matcher(word).matches();
    return plain ? word : JsonWriter.quoted(word);
  }
}
