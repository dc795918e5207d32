package dev.rig.credentials.source;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.IntPredicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A text as a decoder reads it: its bytes in UTF-8, each with the characters that it stands for.
 * Views of views are possible, for example of a URL in JSON. A decoder that changes nothing returns
 * the same view.
 */
final class TextView {
  private static final Pattern PERCENT = Pattern.compile("%([0-9A-Fa-f]{2})");

  /**
   * The escapes of JSON (RFC 8259, section 7), bash's {@code $'…'}, and our own for control
   * characters. Line breaks are removed: no secret contains them here.
   */
  private static final Pattern BACKSLASH =
      Pattern.compile(
          "(?:\\\\u[0-9A-Fa-f]{4})+|\\\\u\\{([0-9A-Fa-f]{1,6})\\}|\\\\x([0-9A-Fa-f]{2})"
              + "|\\\\([0-7]{3})|\\\\([^0-9])");

  /** The entities of HTML and XML: numbers, and the five names that both have. */
  private static final Pattern ENTITY =
      Pattern.compile("&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));");

  /** Separators between the digits of bytes: {@code 63:34}, {@code 0x63, 0x34}. */
  private static final Pattern BETWEEN_DIGITS = Pattern.compile("0[xX]|[\\s:,;.-]+");

  /** Both alphabets; the last two characters are those for URLs. */
  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" + " ".repeat(62) + "-_";

  /** Shorter runs contain nothing that must be redacted. */
  private static final Pattern BASE64_RUN = Pattern.compile("[A-Za-z0-9+/_-]{6,}");

  /** A single quote inside a shell's single quotes, as {@code set -x} prints it. */
  private static final Pattern QUOTE = Pattern.compile("'\\\\''|'\"'\"'");

  /** The decoder's replacement of a character whose start was cut off. */
  private static final String HALF_A_CHARACTER = needle("\ufffd");

  /** One character per byte, so that the JDK's search can be used. */
  private final String bytes;

  private final int[] from;
  private final int[] to;

  private TextView(String bytes, int[] from, int[] to) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  /** Returns the text unchanged. */
  static TextView of(String text) {
    var view = new Builder();
    for (int i = 0; i < text.length(); ) {
      int next = i + Character.charCount(text.codePointAt(i));
      view.add(text.substring(i, next).getBytes(StandardCharsets.UTF_8), i, next);
      i = next;
    }
    return view.build();
  }

  /** Returns a text to search for in a view. */
  static String needle(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Decodes URLs. */
  TextView withoutPercents() {
    return replacing(PERCENT, match -> new byte[] {(byte) HexFormat.fromHexDigits(match.group(1))});
  }

  /** Decodes JSON, or bash's {@code $'…'}. */
  TextView withoutBackslashes() {
    return replacing(BACKSLASH, TextView::unescaped);
  }

  /** Decodes HTML. */
  TextView withoutEntities() {
    return replacing(ENTITY, TextView::character);
  }

  private static byte[] character(MatchResult match) {
    var name = match.group(3);
    if (name != null) {
      return utf8(
          switch (name) {
            case "lt" -> "<";
            case "gt" -> ">";
            case "quot" -> "\"";
            case "apos" -> "'";
            default -> "&";
          });
    }
    int point =
        match.group(1) != null
            ? Integer.parseInt(match.group(1))
            : HexFormat.fromHexDigits(match.group(2));
    return Character.isValidCodePoint(point) ? utf8(Character.toString(point)) : new byte[0];
  }

  /** Decodes base64, without the first characters of each run. */
  TextView decoded(int leftOut) {
    var view = new Builder();
    var runs = BASE64_RUN.matcher(bytes);
    while (runs.find()) {
      int bits = 0;
      int held = 0;
      for (int i = runs.start() + leftOut; i < runs.end(); i++) {
        bits = bits << 6 | BASE64.indexOf(bytes.charAt(i)) % 64;
        held += 6;
        if (held >= 8) {
          held -= 8;
          view.add((byte) (bits >> held), from[i - 1], to[i]);
        }
      }
      view.add((byte) 0, from[runs.start()], to[runs.end() - 1]); // prevents matches across runs
    }
    return view.build();
  }

  /** Decodes a shell's single quotes. */
  TextView withoutQuotes() {
    return replacing(QUOTE, match -> new byte[] {'\''});
  }

  /** Removes white space, by which base64 and hexadecimal digits are wrapped. */
  TextView compact() {
    return keeping(c -> c > ' ', false);
  }

  /** Removes separators between hexadecimal digits, and converts to lower case. */
  TextView digits() {
    return replacing(BETWEEN_DIGITS, match -> new byte[0]).keeping(c -> c > ' ', true);
  }

  private interface Replacement {
    byte[] of(MatchResult match);
  }

  private TextView replacing(Pattern pattern, Replacement replacement) {
    var matcher = pattern.matcher(bytes);
    if (!matcher.find()) {
      return this;
    }
    var view = new Builder();
    int done = 0;
    do {
      copy(view, done, matcher.start());
      done = matcher.end();
      view.add(replacement.of(matcher), from[matcher.start()], to[done - 1]);
    } while (matcher.find());
    copy(view, done, bytes.length());
    return view.build();
  }

  private void copy(Builder view, int start, int end) {
    for (int i = start; i < end; i++) {
      view.add((byte) bytes.charAt(i), from[i], to[i]);
    }
  }

  private TextView keeping(IntPredicate wanted, boolean lowerCase) {
    var view = new Builder();
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      if (wanted.test(c)) {
        boolean upper = lowerCase && c >= 'A' && c <= 'Z';
        view.add((byte) (upper ? c + 'a' - 'A' : c), from[i], to[i]);
      }
    }
    return view.build();
  }

  private static byte[] unescaped(MatchResult match) {
    if (match.group(1) != null) {
      int point = HexFormat.fromHexDigits(match.group(1));
      return Character.isValidCodePoint(point) ? utf8(Character.toString(point)) : new byte[0];
    }
    if (match.group(2) != null) {
      return new byte[] {(byte) HexFormat.fromHexDigits(match.group(2))};
    }
    if (match.group(3) != null) {
      return new byte[] {(byte) Integer.parseInt(match.group(3), 8)};
    }
    if (match.group(4) != null) {
      return switch (match.group(4).charAt(0)) {
        case 'n', 'r' -> new byte[0];
        case 't' -> new byte[] {'\t'};
        default -> match.group(4).getBytes(StandardCharsets.ISO_8859_1);
      };
    }
    var units = new StringBuilder(); // together, for surrogates
    for (int i = 0; i < match.group().length(); i += 6) {
      units.append((char) HexFormat.fromHexDigits(match.group(), i + 2, i + 6));
    }
    return utf8(units.toString());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Marks every occurrence of a needle, and its parts where the text was cut. */
  void mark(String needle, Cut cut, boolean[] hidden) {
    for (int i = bytes.indexOf(needle); i >= 0; i = bytes.indexOf(needle, i + 1)) {
      mark(i, i + needle.length(), hidden);
    }
    if (cut.atStart()) {
      markRest(needle, cut.least(), hidden);
    }
    for (int left = needle.length() - 1; left >= 2 * cut.least(); left--) {
      if (bytes.regionMatches(bytes.length() - left, needle, 0, left)) {
        mark(bytes.length() - left, bytes.length(), hidden);
        break;
      }
    }
  }

  /** Marks the end of a needle at the start, or a text that is entirely inside a needle. */
  private void markRest(String needle, int least, boolean[] hidden) {
    int start = 0;
    while (bytes.startsWith(HALF_A_CHARACTER, start)) {
      start += HALF_A_CHARACTER.length();
    }
    var rest = bytes.substring(start);
    if (!rest.isEmpty() && needle.contains(rest)) {
      mark(start, bytes.length(), hidden);
      return;
    }
    for (int skipped = 1; skipped <= needle.length() - least; skipped++) {
      int left = needle.length() - skipped;
      if (bytes.regionMatches(start, needle, skipped, left)) {
        mark(start, start + left, hidden);
        break;
      }
    }
  }

  /**
   * Marks base64 of a text that contains the needle, with one more character on each side, which
   * can contain bits of it.
   */
  void markBase64(String needle, Cut cut, boolean[] hidden) {
    var found = new boolean[hidden.length];
    mark(needle, cut, found);
    for (int i = 0; i < bytes.length(); i++) {
      boolean before = i + 1 < bytes.length() && found[from[i + 1]] && to[i] == from[i + 1];
      boolean after = i > 0 && found[from[i - 1]] && to[i - 1] == from[i];
      if (found[from[i]] || ((before || after) && isBase64(bytes.charAt(i)))) {
        mark(i, i + 1, hidden);
      }
    }
  }

  private static boolean isBase64(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "+/-_".indexOf(c) >= 0;
  }

  /** Marks a range with the white space and the escapes in it. */
  private void mark(int start, int end, boolean[] hidden) {
    Arrays.fill(hidden, from[start], to[end - 1], true);
  }

  /**
   * How the text may have been cut; its end always may.
   *
   * @param least the shortest part of a secret that is redacted, in bytes
   */
  record Cut(boolean atStart, int least) {}

  private static final class Builder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int[] from = new int[64];
    private int[] to = new int[64];

    void add(byte[] several, int start, int end) {
      for (var each : several) {
        add(each, start, end);
      }
    }

    void add(byte each, int start, int end) {
      int size = bytes.size();
      if (size == from.length) {
        from = Arrays.copyOf(from, 2 * size);
        to = Arrays.copyOf(to, 2 * size);
      }
      from[size] = start;
      to[size] = end;
      bytes.write(each);
    }

    TextView build() {
      return new TextView(
          bytes.toString(StandardCharsets.ISO_8859_1),
          Arrays.copyOf(from, bytes.size()),
          Arrays.copyOf(to, bytes.size()));
    }
  }
}
