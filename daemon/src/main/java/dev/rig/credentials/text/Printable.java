package dev.rig.credentials.text;

import java.util.Locale;

/**
 * Escapes text from outside for output: characters that could move a terminal's cursor, hide other
 * text or start a new line are written as {@code \\uXXXX} (T24).
 */
public final class Printable {
  private Printable() {}

  /** Returns the text in one line. */
  public static String of(String text) {
    return escaped(text, "");
  }

  /** Returns the text with its line feeds and tabs. */
  public static String lines(String text) {
    return escaped(text, "\n\t");
  }

  private static String escaped(String text, String kept) {
    if (text.codePoints().allMatch(point -> isPrintable(point) || kept.indexOf(point) >= 0)) {
      return text;
    }
    var clean = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(point -> {
          if (isPrintable(point) || kept.indexOf(point) >= 0) {
            clean.appendCodePoint(point);
          } else {
            for (char unit : Character.toChars(point)) {
              clean.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
            }
          }
        });
    return clean.toString();
  }

  private static boolean isPrintable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
