package dev.rig.credentials.json;

import com.fasterxml.jackson.core.JsonLocation;
import org.jspecify.annotations.Nullable;

/**
 * A text that is not one JSON object within the bounds of {@link JsonObject#parse(byte[])}. The
 * message says what is wrong and repeats nothing of the text, which may hold secrets.
 */
public final class JsonException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  JsonException(String message) {
    this(message, null);
  }

  JsonException(String message, @Nullable JsonLocation at) {
    super(message, null, false, false);
    this.line = at == null ? 0 : at.getLineNr();
    this.column = at == null ? 0 : at.getColumnNr();
  }

  /** Where in a file the error is: {@code :LINE:COLUMN}, from 1; empty if it has no place. */
  public String position() {
    return line < 1 ? "" : ":" + line + ":" + column;
  }
}
