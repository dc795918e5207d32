package dev.rig.credentials.registry.auth;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.net.HttpAddress;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.auth.TokenCache.IssuedToken;
import dev.rig.credentials.registry.call.RetryingClient;
import dev.rig.credentials.time.Ticker;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges credentials for tokens, by the registries' authentication specification
 * (distribution.github.io/distribution/spec/auth/token and …/oauth).
 */
public final class TokenService {
  private static final String CLIENT = "rig-credentials";
  private static final int LONGEST_TOKEN = 32 * 1024;

  /** Query parameters that a realm must not set: they decide what the token is for. */
  private static final Set<String> NOT_THE_REALMS =
      Set.of(
          "access_type",
          "client_id",
          "grant_type",
          "offline_token",
          "password",
          "refresh_token",
          "username");

  /** The life of a token without {@code expires_in}, by the specification. */
  private static final long STANDARD_SECONDS = 60;

  /** A limit against overflow: a year. */
  private static final long MOST_SECONDS = 365L * 24 * 60 * 60;

  private final RetryingClient caller;
  private final Ticker ticker;
  private final TokenCache accepted;

  public TokenService(RetryingClient caller, Ticker ticker) {
    this.caller = caller;
    this.ticker = ticker;
    accepted = new TokenCache(ticker);
  }

  /** Returns the tokens that registries accepted. */
  TokenCache accepted() {
    return accepted;
  }

  /**
   * Requests a token for one scope.
   *
   * @param service the service in the challenge; null if absent
   * @param credential null for an anonymous token
   * @return null if the credential is rejected
   * @throws CallException if there is no valid response
   */
  @Nullable IssuedToken token(
      RealmPolicy.Realm realm,
      @Nullable String service,
      String scope,
      @Nullable Credential credential,
      RequestBudget budget)
      throws CallException, InterruptedException {
    var parameters = new LinkedHashMap<String, String>();
    if (service != null) {
      parameters.put("service", service);
    }
    parameters.put("scope", scope);
    var address = realm.address().without(NOT_THE_REALMS).without(parameters.keySet());
    var ask =
        credential != null && credential.isIdentityToken()
            ? refreshing(address, parameters, credential)
            : getting(address, parameters, credential);
    long asked = ticker.nanos();
    var reply = caller.call(" for " + scope, ask, realm.nearest(), null, budget);
    var who = "the token service " + realm.address().origin().host();
    return switch (reply.status()) {
      case 200 -> issued(CallException.json(reply.body(), who), who, asked);
      case 400, 401, 403 -> null;
      default -> {
        if (reply.isRedirect()) {
          throw CallException.refused(who + " redirects, and no credential follows a redirect");
        }
        throw CallException.badAnswer(who + " answered " + reply.status());
      }
    };
  }

  private static HttpRequest getting(
      HttpAddress realm, Map<String, String> parameters, @Nullable Credential credential) {
    return HttpRequest.get(realm.query(form(parameters)))
        .authorised(credential == null ? null : HttpRequest.basic(credential));
  }

  private static HttpRequest refreshing(
      HttpAddress realm, Map<String, String> parameters, Credential credential) {
    var form = new LinkedHashMap<>(parameters);
    form.put("grant_type", "refresh_token");
    form.put("client_id", CLIENT);
    form.put("refresh_token", credential.secret().reveal());
    return HttpRequest.post(realm, "application/x-www-form-urlencoded", Secret.of(form(form)));
  }

  private static String form(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(parameter -> parameter.getKey() + "=" + encode(parameter.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static IssuedToken issued(JsonObject answer, String who, long asked)
      throws CallException {
    var seconds =
        answer.has("expires_in") ? answer.size("expires_in") : Long.valueOf(STANDARD_SECONDS);
    var life = Duration.ofSeconds(seconds == null ? 0 : Math.min(seconds, MOST_SECONDS));
    return new IssuedToken(Secret.of("Bearer " + token(answer, who)), asked + life.toNanos());
  }

  private static String token(JsonObject answer, String who) throws CallException {
    var token = answer.text("token");
    if (token == null || token.isEmpty()) {
      token = answer.text("access_token");
    }
    boolean usable =
        token != null
            && !token.isEmpty()
            && token.length() <= LONGEST_TOKEN
            && token.chars().allMatch(c -> c > ' ' && c <= '~');
    if (token == null || !usable) {
      throw CallException.badAnswer(who + " sent no usable token");
    }
    return token;
  }
}
