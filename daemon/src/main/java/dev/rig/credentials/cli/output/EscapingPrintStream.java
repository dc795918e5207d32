package dev.rig.credentials.cli.output;

import dev.rig.credentials.text.Printable;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Escapes all printed text except line feeds and tabs. */
final class EscapingPrintStream extends PrintStream {
  private final PrintStream raw;

  EscapingPrintStream(PrintStream raw) {
    super(raw, true, StandardCharsets.UTF_8);
    this.raw = raw;
  }

  /**
   * Returns the stream without escaping, for our own control sequences and for bytes of a protocol.
   */
  PrintStream raw() {
    return raw;
  }

  @Override
  public void print(@Nullable String text) {
    super.print(Printable.lines(String.valueOf(text)));
  }

  @Override
  public void print(@Nullable Object object) {
    print(String.valueOf(object));
  }
}
