package dev.rig.credentials.client;

/**
 * Escapes text from outside for a terminal. The daemon does the same with more kinds of characters;
 * Java's tables of all kinds would make this program larger.
 */
final class ControlCharacters {
  private static final int DELETE = 0x7f;
  private static final int LAST_CONTROL = 0x9f;
  private static final String DIGITS = "0123456789abcdef";

  private ControlCharacters() {}

  /**
   * Returns the text in one line, without characters that control a terminal, change the direction
   * of other text, or are invisible.
   */
  static String escaped(String text) {
    int first = 0;
    while (first < text.length() && !isEscaped(text.charAt(first))) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.substring(0, first));
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isEscaped(c)) {
        clean.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          clean.append(DIGITS.charAt(c >> shift & 0xf));
        }
      } else {
        clean.append(c);
      }
    }
    return clean.toString();
  }

  private static boolean isEscaped(char c) {
    return c < ' '
        || (c >= DELETE && c <= LAST_CONTROL)
        || c == 0xad // soft hyphen
        || c == 0x61c // Arabic letter mark
        || (c >= 0x200b && c <= 0x200f) // zero width, and marks of direction
        || (c >= 0x2028 && c <= 0x202e) // separators, and embeddings of direction
        || (c >= 0x2060 && c <= 0x206f) // invisible, and isolates of direction
        || c == 0xfeff; // byte order mark
  }
}
