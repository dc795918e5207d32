package dev.rig.credentials.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.auth.ChallengeType;
import org.apache.hc.client5.http.impl.auth.AuthChallengeParser;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.message.ParserCursor;
import org.jspecify.annotations.Nullable;

/**
 * A server's authentication challenge (RFC 9110, 11.6.1).
 *
 * @param scheme in lower case: {@code basic}, {@code bearer}
 * @param parameters by name in lower case
 */
public record AuthChallenge(String scheme, Map<String, String> parameters) {
  private static final int LONGEST = 8 * 1024;
  private static final int MOST_CHALLENGES = 8;
  private static final int MOST_PARAMETERS = 16;
  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
  private static final Pattern WORD = Pattern.compile(TOKEN);

  /** Schemes without parameters, which the parser would read as part of the next scheme. */
  private static final Pattern BARE = Pattern.compile("[\\s,]*(?:(" + TOKEN + ")\\s*(?:,|$))?");

  public AuthChallenge {
    parameters = Map.copyOf(parameters);
  }

  public boolean isBasic() {
    return scheme.equals("basic");
  }

  public boolean isBearer() {
    return scheme.equals("bearer");
  }

  public @Nullable String parameter(String name) {
    return parameters.get(name);
  }

  /** Returns whether the token is valid but its scope is too small (RFC 6750, 3.1). */
  public boolean isAboutScope() {
    return "insufficient_scope".equals(parameter("error"));
  }

  /**
   * Parses the challenges of all {@code WWW-Authenticate} headers of a response, in order. Parsing
   * is lenient, because the addresses in them are checked later.
   *
   * @throws HttpFailure if one is invalid, or there are too many
   */
  public static List<AuthChallenge> parse(List<String> headers) throws HttpFailure {
    var challenges = new ArrayList<AuthChallenge>();
    for (var header : headers) {
      if (header.length() > LONGEST) {
        throw broken("it is too long");
      }
      add(header, challenges);
    }
    return challenges;
  }

  private static void add(String header, List<AuthChallenge> challenges) throws HttpFailure {
    var rest = header;
    for (var bare = BARE.matcher(rest); bare.lookingAt() && bare.end() > 0; ) {
      if (bare.group(1) != null) {
        add(bare.group(1), List.of(), challenges);
      }
      rest = rest.substring(bare.end());
      bare = BARE.matcher(rest);
    }
    if (rest.isBlank()) {
      return;
    }
    try {
      var cursor = new ParserCursor(0, rest.length());
      for (var one : AuthChallengeParser.INSTANCE.parse(ChallengeType.TARGET, rest, cursor)) {
        add(one.getSchemeName(), one.getParams(), challenges);
      }
    } catch (ParseException e) {
      throw broken("its syntax is invalid");
    }
  }

  private static void add(
      String scheme, @Nullable List<NameValuePair> parameters, List<AuthChallenge> challenges)
      throws HttpFailure {
    var read = new HashMap<String, String>();
    for (var parameter : parameters == null ? List.<NameValuePair>of() : parameters) {
      if (parameter.getValue() == null) {
        continue; // a scheme without parameters, or a token of schemes such as Negotiate
      }
      if (!WORD.matcher(parameter.getName()).matches()) {
        throw broken("the name of a parameter is expected");
      }
      if (hasControl(parameter.getValue())) {
        throw broken("a control character in a value");
      }
      if (read.put(parameter.getName().toLowerCase(Locale.ROOT), parameter.getValue()) != null) {
        throw broken("a parameter is repeated");
      }
    }
    if (!WORD.matcher(scheme).matches()) {
      throw broken("a scheme is expected");
    }
    challenges.add(new AuthChallenge(scheme.toLowerCase(Locale.ROOT), Map.copyOf(read)));
    if (read.size() > MOST_PARAMETERS || challenges.size() > MOST_CHALLENGES) {
      throw broken("it has too many parts");
    }
  }

  private static boolean hasControl(String value) {
    return value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f);
  }

  private static HttpFailure broken(String what) {
    return HttpFailure.invalid("its WWW-Authenticate cannot be read: " + what);
  }
}
