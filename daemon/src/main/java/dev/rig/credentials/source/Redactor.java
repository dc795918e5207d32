package dev.rig.credentials.source;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.source.process.StderrTail;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Takes out of a script's stderr what it printed on stdout, as {@code set -x} shows it, its
 * variables, and the secrets that it was given.
 */
final class Redactor {
  private static final String REDACTED = "[redacted]";

  /** Less of a secret tells little, and would be found in every text. */
  private static final int WORTH_HIDING = 4;

  /** Shorter values of variables are words like a region's or a profile's name. */
  private static final int VALUE_WORTH_HIDING = 8;

  private final List<String> hidden;

  /**
   * Learns what to hide.
   *
   * @param stdout what the script printed, valid or not
   * @param values the values of its entry's variables, which may be secret
   * @param given the secrets that it was given
   */
  Redactor(byte[] stdout, Collection<String> values, Collection<Secret> given) {
    var texts = new HashSet<String>();
    for (var secret : given) {
      addForms(texts, secret.reveal(), WORTH_HIDING);
    }
    boolean valid = ScriptOutput.parse(stdout) instanceof ScriptOutput.Valid;
    for (var line : new String(stdout, StandardCharsets.UTF_8).lines().toList()) {
      var text = line.strip();
      addForms(texts, text, WORTH_HIDING);
      addForms(texts, text.substring(text.indexOf(':') + 1).strip(), valid ? 1 : WORTH_HIDING);
    }
    values.forEach(value -> addForms(texts, value, VALUE_WORTH_HIDING));
    hidden = texts.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
  }

  /** The lines, which were escaped already, without any of it. */
  List<String> redact(List<String> lines) {
    return lines.stream().map(this::redact).toList();
  }

  private String redact(String line) {
    var text = line;
    for (var secret : hidden) {
      text = text.replace(secret, REDACTED);
    }
    // The bound on stderr can have cut a line within a secret.
    for (var secret : hidden) {
      for (int from = 1; from <= secret.length() - WORTH_HIDING; from++) {
        if (text.startsWith(secret.substring(from))) {
          return REDACTED + text.substring(secret.length() - from);
        }
      }
    }
    return text;
  }

  /** A text as it can be met: itself, in Base64, in hexadecimal digits, in a URL, in JSON. */
  private static void addForms(Set<String> forms, String text, int least) {
    if (text.length() < least) {
      return;
    }
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    forms.add(StderrTail.escape(text));
    if (text.length() < WORTH_HIDING) {
      return;
    }
    forms.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
    forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    var digits = HexFormat.of().formatHex(bytes);
    forms.add(digits);
    forms.add(digits.toUpperCase(Locale.ROOT));
    var encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
    forms.add(encoded);
    forms.add(encoded.replace("+", "%20"));
    forms.add(StderrTail.escape(text.replace("\\", "\\\\").replace("\"", "\\\"")));
  }
}
