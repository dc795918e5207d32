package dev.rig.credentials.net;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hc.core5.util.Tokenizer;
import org.apache.hc.core5.util.Tokenizer.Cursor;
import org.apache.hc.core5.util.Tokenizer.Delimiter;
import org.jspecify.annotations.Nullable;

/**
 * Parses {@code Link} headers (RFC 8288), including forms of some registries that the grammar does
 * not allow: without angle brackets, with apostrophes as quotation marks, and without a relation.
 */
public final class WebLink {
  private static final Tokenizer WORDS = Tokenizer.INSTANCE;
  private static final Delimiter AFTER_NAME = Tokenizer.delimiters('=', ';', ',');
  private static final Delimiter AFTER_VALUE = Tokenizer.delimiters(';', ',');

  private WebLink() {}

  /**
   * Returns the target of the next page, unchanged: of the first link with that relation, otherwise
   * of the first in angle brackets without a relation, as other clients do.
   *
   * @return null if absent
   */
  public static @Nullable String next(List<String> headers) {
    String unrelated = null;
    for (var header : headers) {
      var at = new Cursor(0, header.length());
      while (skip(header, at, " \t,")) {
        boolean bracketed = header.charAt(at.getPos()) == '<';
        var target = bracketed ? enclosed(header, at, '>') : until(header, at, ';');
        var relation = relation(header, at);
        if (target.isEmpty()) {
          continue;
        }
        if (Arrays.asList(relation.toLowerCase(Locale.ROOT).split("\\s+", -1)).contains("next")) {
          return target;
        }
        if (unrelated == null && bracketed && relation.isEmpty()) {
          unrelated = target;
        }
      }
    }
    return unrelated;
  }

  /** Returns the relation in the parameters before the next link; the first of several counts. */
  private static String relation(String header, Cursor at) {
    String relation = null;
    while (skip(header, at, " \t;") && header.charAt(at.getPos()) != ',') {
      var name = WORDS.parseToken(header, at, AFTER_NAME);
      var value = "";
      if (!at.atEnd() && header.charAt(at.getPos()) == '=') {
        at.updatePos(at.getPos() + 1);
        value =
            skip(header, at, " \t") && header.charAt(at.getPos()) == '\''
                ? enclosed(header, at, '\'')
                : WORDS.parseValue(header, at, AFTER_VALUE);
      }
      if (relation == null && name.equalsIgnoreCase("rel")) {
        relation = value.replace("\\", ""); // of a quoted-pair
      }
    }
    return relation == null ? "" : relation;
  }

  private static String enclosed(String header, Cursor at, char end) {
    at.updatePos(at.getPos() + 1);
    var text = until(header, at, end);
    at.updatePos(Math.min(at.getPos() + 1, header.length()));
    return text;
  }

  private static String until(String header, Cursor at, char end) {
    int from = at.getPos();
    int found = header.indexOf(end, from);
    at.updatePos(found < 0 ? header.length() : found);
    return header.substring(from, at.getPos()).strip();
  }

  /** Skips characters; returns whether there is more. */
  private static boolean skip(String header, Cursor at, String characters) {
    while (!at.atEnd() && characters.indexOf(header.charAt(at.getPos())) >= 0) {
      at.updatePos(at.getPos() + 1);
    }
    return !at.atEnd();
  }
}
