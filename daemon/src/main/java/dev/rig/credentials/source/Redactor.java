package dev.rig.credentials.source;

import dev.rig.credentials.source.TextView.Cut;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Redacts secrets in lines of text: unchanged, percent-encoded once or twice, with the escapes of
 * JSON, HTML and shells, as hexadecimal digits and in base64, also wrapped over several lines, and
 * as part of JSON or of base64 that is itself in base64.
 */
final class Redactor {
  private static final String REDACTED = "[redacted]";

  /**
   * The shortest part of a secret that is redacted: shorter ones reveal little, and occur in every
   * text.
   */
  static final int WORTH_HIDING = 4;

  /** The shortest part in base64 that is redacted: shorter ones could be words. */
  private static final int BASE64_WORTH_HIDING = 6;

  /** The shortest line of a secret with several lines that is redacted on its own. */
  private static final int LINE_WORTH_HIDING = 12;

  /** The length from which stderr may be truncated: 20 lines, or 4 KiB in up to 4 bytes each. */
  private static final int MAY_BE_CUT = 1_000;

  private static final int MANY_LINES = 20;

  private final Set<String> secrets = new TreeSet<>();

  /** Creates a redactor of these secrets; those shorter than four characters are ignored. */
  Redactor(Collection<String> secrets) {
    secrets.forEach(this::learn);
  }

  private void learn(String secret) {
    var lines = secret.lines().toList();
    if (lines.size() > 1) {
      lines.stream().filter(line -> line.length() >= LINE_WORTH_HIDING).forEach(secrets::add);
    }
    var joined = String.join("", lines);
    if (joined.length() >= WORTH_HIDING) {
      secrets.add(joined);
    }
  }

  /** Returns the lines, which must be escaped already, with all secrets redacted. */
  List<String> redact(List<String> lines) {
    if (lines.isEmpty() || secrets.isEmpty()) {
      return lines;
    }
    var text = String.join("", lines);
    var hidden = new boolean[text.length()];
    var cut = lines.size() >= MANY_LINES || text.length() >= MAY_BE_CUT;
    mark(TextView.of(text), new Cut(cut, WORTH_HIDING), hidden);
    var redacted = new ArrayList<String>();
    int start = 0;
    for (var line : lines) {
      redacted.add(redact(line, start, hidden));
      start += line.length();
    }
    return redacted;
  }

  private void mark(TextView plain, Cut cut, boolean[] hidden) {
    var unescaped = plain.withoutBackslashes();
    var percents = plain.withoutPercents();
    var urls = distinct(percents, percents.withoutPercents(), unescaped.withoutPercents());
    var encoded = new ArrayList<TextView>();
    distinct(unescaped, percents).forEach(view -> encoded.add(view.compact())); // slash and plus
    var texts =
        distinct(
            plain,
            plain.withoutQuotes(),
            plain.withoutEntities(),
            unescaped,
            unescaped.withoutBackslashes(),
            unescaped.withoutEntities());
    texts.addAll(urls);
    encoded.forEach(view -> addDecoded(view, 2, texts));
    var digits = plain.digits();
    for (var secret : secrets) {
      var needle = TextView.needle(secret);
      var form = needle.replace(' ', '+'); // of application/x-www-form-urlencoded
      for (var view : texts) {
        view.mark(needle, cut, hidden);
      }
      if (!form.equals(needle)) {
        urls.forEach(view -> view.mark(form, cut, hidden));
      }
      var bytes = secret.getBytes(StandardCharsets.UTF_8);
      digits.mark(HexFormat.of().formatHex(bytes), new Cut(cut.atStart(), 8), hidden);
      for (int shift = 0; shift < 3; shift++) {
        for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
          var inner = base64(bytes, shift, encoder);
          if (inner.length() >= BASE64_WORTH_HIDING) {
            var least = new Cut(cut.atStart(), BASE64_WORTH_HIDING);
            encoded.forEach(view -> view.markBase64(inner, least, hidden));
          }
        }
      }
    }
  }

  private static Set<TextView> distinct(TextView... views) {
    return new LinkedHashSet<>(Arrays.asList(views));
  }

  /** Adds decoded base64, and the base64 in it; a group of four characters may start anywhere. */
  private static void addDecoded(TextView encoded, int levels, Set<TextView> texts) {
    for (int leftOut = 0; leftOut < 4; leftOut++) {
      var decoded = encoded.decoded(leftOut);
      texts.add(decoded);
      if (levels > 1) {
        texts.add(decoded.withoutBackslashes());
        addDecoded(decoded.compact(), levels - 1, texts);
      }
    }
  }

  /**
   * Returns the part that every base64 of a text with the secret contains, if the secret starts
   * after that many bytes of a group.
   */
  private static String base64(byte[] secret, int shift, Base64.Encoder encoder) {
    var shifted = new byte[shift + secret.length];
    System.arraycopy(secret, 0, shifted, shift, secret.length);
    var text = encoder.withoutPadding().encodeToString(shifted);
    int foreign = shift == 0 ? 0 : shift + 1;
    int whole = shifted.length * 8 / 6;
    return text.substring(Math.min(foreign, whole), whole);
  }

  private static String redact(String line, int start, boolean[] hidden) {
    var text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      if (!hidden[start + i]) {
        text.append(line.charAt(i));
      } else if (i == 0 || !hidden[start + i - 1]) {
        text.append(REDACTED);
      }
    }
    return text.toString();
  }
}
