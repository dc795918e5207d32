package dev.rig.credentials.json;

import com.fasterxml.jackson.core.JsonLocation;
import org.jspecify.annotations.Nullable;

/**
 * The text is not one JSON object within the limits of {@link JsonObject#parse(byte[])}. The
 * message contains no part of the text, which may contain secrets.
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

  /**
   * Returns the location of the error in a file: {@code :LINE:COLUMN}, counted from 1; empty if
   * unknown.
   */
  public String position() {
    return line < 1 ? "" : ":" + line + ":" + column;
  }
}
