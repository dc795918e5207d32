package dev.rig.credentials.net;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a server wants to be authenticated to.
 *
 * @param scheme in lower case: {@code basic}, {@code bearer}
 * @param parameters by name in lower case
 */
public record AuthChallenge(String scheme, Map<String, String> parameters) {
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

  /** Whether the token is good and only allows less than was asked for (RFC 6750, 3.1). */
  public boolean isAboutScope() {
    return "insufficient_scope".equals(parameter("error"));
  }
}
