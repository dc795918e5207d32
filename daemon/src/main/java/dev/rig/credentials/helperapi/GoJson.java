package dev.rig.credentials.helperapi;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** JSON as Go's encoder writes it, which is what clients of the helper protocol have always got. */
final class GoJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  static {
    FACTORY.setCharacterEscapes(new GoEscapes());
  }

  /** Go's encoding/json escapes these, so that its output may stand in HTML. */
  private static final class GoEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      var codes = CharacterEscapes.standardAsciiEscapesForJSON();
      for (char c : new char[] {'<', '>', '&'}) {
        codes[c] = CharacterEscapes.ESCAPE_CUSTOM;
      }
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      boolean escaped = c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029;
      return escaped ? new SerializedString(String.format(Locale.ROOT, "\\u%04x", c)) : null;
    }
  }

  /** Writes one document. */
  interface Writer {
    void write(JsonGenerator json) throws IOException;
  }

  private GoJson() {}

  /** The document with a newline behind it, in UTF-8. */
  static byte[] line(Writer writer) {
    var bytes = new ByteArrayOutputStream(256);
    try {
      var json = FACTORY.createGenerator(bytes);
      try (json) {
        writer.write(json);
      }
      bytes.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array does not fail
    }
    return bytes.toByteArray();
  }

  static JsonParser parser(byte[] document) throws IOException {
    return FACTORY.createParser(document);
  }
}
