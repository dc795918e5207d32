package dev.rig.credentials.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The layout of a document and its escaped characters. */
@SuppressWarnings("ImmutableEnumChecker") // a factory and a printer that are never changed
public enum JsonForm {
  /** Without spaces. */
  COMPACT(new JsonFactory(), null),

  /** Without spaces and in ASCII, independent of the locale. */
  ASCII(JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build(), null),

  /** As Go's encoding/json writes it: without spaces, and safe inside HTML. */
  GO(new JsonFactory().setCharacterEscapes(new GoEscapes()), null),

  /** Indented by two spaces, for people. */
  INDENTED(new JsonFactory(), new DefaultPrettyPrinter()),

  /** As Docker writes its configuration: one tab per level, a space after the colon. */
  DOCKER(
      new JsonFactory(),
      new DefaultPrettyPrinter(
              Separators.createDefaultInstance()
                  .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                  .withObjectEmptySeparator("")
                  .withArrayEmptySeparator(""))
          .withObjectIndenter(new DefaultIndenter("\t", "\n"))
          .withArrayIndenter(new DefaultIndenter("\t", "\n")));

  private final JsonFactory factory;
  private final @Nullable DefaultPrettyPrinter printer;

  JsonForm(JsonFactory factory, @Nullable DefaultPrettyPrinter printer) {
    this.factory = factory;
    this.printer = printer;
  }

  JsonGenerator on(OutputStream out) throws IOException {
    return laidOut(factory.createGenerator(out));
  }

  JsonGenerator on(Writer out) throws IOException {
    return laidOut(factory.createGenerator(out));
  }

  private JsonGenerator laidOut(JsonGenerator json) {
    return printer == null ? json : json.setPrettyPrinter(printer.createInstance());
  }

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
}
