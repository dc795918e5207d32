package dev.rig.credentials.http.admin;

import dev.rig.credentials.text.Printable;

/** Escapes text for HTML. */
final class Html {
  private Html() {}

  /** Returns the text escaped for use between tags and in a quoted attribute. */
  static String escape(Object value) {
    var text = Printable.lines(value.toString());
    var escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
