package dev.rig.credentials.cli.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.cli.deploy.TerminalKey.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.NonBlockingReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys as a terminal sends them. */
class TerminalKeyTest {
  /** GNU Readline's default of {@code keyseq-timeout} is 500 ms. */
  @ParameterizedTest
  @CsvSource({"0, DOWN", "51, DOWN", "499, DOWN", "501, CANCEL"})
  void sequenceOfAnArrowKeyMayArriveSlowly(long millis, Kind kind) throws IOException {
    assertEquals(kind, TerminalKey.read(new Typed(millis, "\033[B")).kind());
  }

  @Test
  void everyKeyHasItsMeaning() throws IOException {
    var reader = new Typed(0, "\033[A\033OB\033[Ca\u00e9\177\b\025\r\n\001\003\004");
    var keys = new ArrayList<Kind>();
    var letters = new StringBuilder();
    for (int i = 0; i < 14; i++) {
      var key = TerminalKey.read(reader);
      keys.add(key.kind());
      if (key.kind() == Kind.LETTER) {
        letters.append(key.letter());
      }
    }
    assertEquals(
        List.of(
            Kind.UP,
            Kind.DOWN,
            Kind.UNKNOWN,
            Kind.LETTER,
            Kind.LETTER,
            Kind.ERASE,
            Kind.ERASE,
            Kind.CLEAR,
            Kind.ENTER,
            Kind.ENTER,
            Kind.UNKNOWN,
            Kind.CANCEL,
            Kind.CANCEL,
            Kind.CANCEL),
        keys);
    assertEquals("a\u00e9", letters.toString());
  }

  @Test
  void escAloneCancels() throws IOException {
    assertEquals(Kind.CANCEL, TerminalKey.read(new Typed(0, "\033")).kind());
  }

  /** What was typed, with the same time before each character. */
  private static final class Typed extends NonBlockingReader {
    private final long millis;
    private final String text;
    private int next;

    Typed(long millis, String text) {
      this.millis = millis;
      this.text = text;
    }

    @Override
    protected int read(long timeout, boolean isPeek) {
      if (timeout > 0 && (millis > timeout || next == text.length())) {
        return READ_EXPIRED;
      }
      if (next == text.length()) {
        return EOF;
      }
      return text.charAt(isPeek ? next : next++);
    }

    @Override
    public int readBuffered(char[] into, int offset, int length, long timeout) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
