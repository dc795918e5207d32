package dev.rig.credentials.cli.deploy;

import java.io.IOException;
import org.jline.utils.NonBlockingReader;

/**
 * A key that was pressed.
 *
 * @param letter what was typed, if the key is a {@link Kind#LETTER}; otherwise NUL
 */
record TerminalKey(Kind kind, char letter) {
  private static final int CTRL_C = 3;
  private static final int CTRL_D = 4;
  private static final int BACKSPACE = 8;
  private static final int CTRL_U = 21;
  private static final int ESCAPE = 27;
  private static final int DELETE = 127;

  /**
   * How long the rest of an arrow key's sequence may take after its Esc, over a slow connection or
   * on a busy machine; GNU Readline's {@code keyseq-timeout} is the same.
   */
  private static final long SEQUENCE_MILLIS = 500;

  /** What a key does. */
  enum Kind {
    UP,
    DOWN,
    ENTER,
    /** Ctrl-C, Ctrl-D, Esc, or the end of the input. */
    CANCEL,
    ERASE,
    CLEAR,
    LETTER,
    /** Nothing. */
    UNKNOWN
  }

  /** Waits for a key. */
  static TerminalKey read(NonBlockingReader reader) throws IOException {
    int key = reader.read();
    var kind =
        switch (key) {
          case '\r', '\n' -> Kind.ENTER;
          case CTRL_C, CTRL_D, NonBlockingReader.EOF -> Kind.CANCEL;
          case ESCAPE -> sequence(reader);
          case BACKSPACE, DELETE -> Kind.ERASE;
          case CTRL_U -> Kind.CLEAR;
          default -> key >= ' ' ? Kind.LETTER : Kind.UNKNOWN;
        };
    return new TerminalKey(kind, kind == Kind.LETTER ? (char) key : '\0');
  }

  private static Kind sequence(NonBlockingReader reader) throws IOException {
    int next = reader.read(SEQUENCE_MILLIS);
    if (next != '[' && next != 'O') {
      return Kind.CANCEL;
    }
    return switch (reader.read(SEQUENCE_MILLIS)) {
      case 'A' -> Kind.UP;
      case 'B' -> Kind.DOWN;
      default -> Kind.UNKNOWN;
    };
  }
}
