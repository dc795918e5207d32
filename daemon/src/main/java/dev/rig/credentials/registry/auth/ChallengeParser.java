package dev.rig.credentials.registry.auth;

import dev.rig.credentials.registry.CallException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code WWW-Authenticate} (RFC 9110, 11.6.1): challenges with their parameters, several in
 * one header too. What the grammar does not allow is refused, as it decides where credentials go.
 */
public final class ChallengeParser {
  private static final int LONGEST = 8 * 1024;
  private static final int MOST_CHALLENGES = 8;
  private static final int MOST_PARAMETERS = 16;

  private final String text;
  private int at;

  private ChallengeParser(String text) {
    this.text = text;
  }

  /**
   * The challenges of all headers of an answer, in their order.
   *
   * @throws CallException when one of them breaks the grammar, or there are too many
   */
  public static List<AuthChallenge> parse(List<String> headers) throws CallException {
    var challenges = new ArrayList<AuthChallenge>();
    for (var header : headers) {
      challenges.addAll(parse(header));
      if (challenges.size() > MOST_CHALLENGES) {
        throw broken("too many challenges");
      }
    }
    return challenges;
  }

  /**
   * The challenges of one header.
   *
   * @throws CallException when it breaks the grammar
   */
  static List<AuthChallenge> parse(String header) throws CallException {
    if (header.length() > LONGEST) {
      throw broken("it is too long");
    }
    return new ChallengeParser(header).challenges();
  }

  private List<AuthChallenge> challenges() throws CallException {
    var challenges = new ArrayList<AuthChallenge>();
    skipCommas();
    while (at < text.length()) {
      var scheme = token();
      if (scheme == null) {
        throw broken("a scheme is expected");
      }
      boolean spaced = skipSpaces();
      if (at < text.length() && text.charAt(at) != ',' && !spaced) {
        throw broken("a space is expected behind a scheme");
      }
      challenges.add(new AuthChallenge(scheme.toLowerCase(Locale.ROOT), parameters()));
      if (challenges.size() > MOST_CHALLENGES) {
        throw broken("too many challenges");
      }
      skipCommas();
    }
    return challenges;
  }

  /** The parameters up to the end or to what begins the next challenge. */
  private Map<String, String> parameters() throws CallException {
    var parameters = new HashMap<String, String>();
    if (skipToken68()) {
      return parameters;
    }
    while (true) {
      skipSpaces();
      int start = at;
      var name = token();
      if (name == null) {
        return parameters;
      }
      skipSpaces();
      if (at >= text.length() || text.charAt(at) != '=') {
        at = start; // a scheme
        return parameters;
      }
      at++;
      skipSpaces();
      if (parameters.put(name.toLowerCase(Locale.ROOT), value()) != null) {
        throw broken("a parameter comes twice");
      }
      if (parameters.size() > MOST_PARAMETERS) {
        throw broken("too many parameters");
      }
      skipSpaces();
      if (at < text.length() && text.charAt(at) != ',') {
        throw broken("a comma is expected behind a parameter");
      }
      skipCommas();
    }
  }

  /** Passes over what schemes such as Negotiate have in place of parameters. */
  private boolean skipToken68() {
    int end = at;
    while (end < text.length() && isToken68Character(text.charAt(end))) {
      end++;
    }
    int padded = end;
    while (padded < text.length() && text.charAt(padded) == '=') {
      padded++;
    }
    int behind = padded;
    while (behind < text.length() && isSpace(text.charAt(behind))) {
      behind++;
    }
    boolean last = behind == text.length() || text.charAt(behind) == ',';
    // A lone token is as good as one; what comes before a comma and has no padding may be a scheme
    // only where nothing came before it, and here a scheme has.
    if (end == at || !last) {
      return false;
    }
    at = behind;
    return true;
  }

  private String value() throws CallException {
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    var token = token();
    if (token == null) {
      throw broken("a value is expected");
    }
    return token;
  }

  private String quoted() throws CallException {
    var value = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return value.toString();
      }
      if (c == '\\') {
        at++;
        if (at == text.length()) {
          break;
        }
        c = text.charAt(at);
      }
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        throw broken("a control character in a value");
      }
      value.append(c);
    }
    throw broken("a quotation mark is missing");
  }

  private @Nullable String token() {
    int start = at;
    while (at < text.length() && isTokenCharacter(text.charAt(at))) {
      at++;
    }
    return at == start ? null : text.substring(start, at);
  }

  private boolean skipSpaces() {
    int start = at;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    return at > start;
  }

  /** Lists may have empty elements (RFC 9110, 5.6.1). */
  private void skipCommas() {
    while (at < text.length() && (isSpace(text.charAt(at)) || text.charAt(at) == ',')) {
      at++;
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isTokenCharacter(char c) {
    return isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  private static boolean isToken68Character(char c) {
    return isLetterOrDigit(c) || "-._~+/".indexOf(c) >= 0;
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static CallException broken(String what) {
    return CallException.badAnswer("its WWW-Authenticate cannot be read: " + what);
  }
}
