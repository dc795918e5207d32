package dev.rig.credentials.provider;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.net.ClientIdentity;
import dev.rig.credentials.net.HttpAddress;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Obtains installation tokens of a GitHub App, with only the permission to read packages (GitHub
 * REST API, "Create an installation access token for an app").
 */
final class GithubAppIssuer implements TokenIssuer {
  private static final String API = "https://api.github.com";

  /** The documented user name; GitHub accepts any with an installation token. */
  private static final String USERNAME = "x-access-token";

  /** A margin for a clock that is ahead of GitHub's; GitHub accepts at most 10 minutes in total. */
  private static final Duration BEFORE = Duration.ofMinutes(1);

  private static final Duration AFTER = Duration.ofMinutes(8);

  private static final Secret BODY = Secret.of("{\"permissions\":{\"packages\":\"read\"}}");

  private final ProviderEntry entry;
  private final ProviderCalls calls;
  private final IdentityFiles files;
  private final Time time;

  GithubAppIssuer(
      ProviderEntry entry, ProviderCalls calls, Map<String, String> environment, Time time) {
    this.entry = entry;
    this.calls = calls;
    this.files = new IdentityFiles(environment);
    this.time = time;
  }

  @Override
  public IssuedCredential issue(SourceRequest request) throws InterruptedException {
    var api = Objects.requireNonNullElse(entry.option("apiUrl"), API).replaceFirst("/$", "");
    var address =
        HttpAddress.parse(
            api
                + "/app/installations/%s/access_tokens"
                    .formatted(entry.required("installationId")));
    if (address == null) {
      throw new SourceException(ReasonClass.REFUSED, "the option apiUrl is not a URL");
    }
    var post =
        HttpRequest.post(address, "application/json", BODY)
            .with("Accept", "application/vnd.github+json")
            .with("X-GitHub-Api-Version", "2022-11-28")
            .authorised(Secret.of("Bearer " + appToken()));
    try {
      return issued(calls.send(post));
    } catch (HttpFailure e) {
      throw CloudFailures.of(e);
    }
  }

  static IssuedCredential issued(HttpResponse response) {
    var json = body(response);
    if (response.status() != 201) {
      boolean limited =
          response.status() == 403 && "0".equals(response.header("x-ratelimit-remaining"));
      throw CloudFailures.answered(
          "GitHub",
          limited ? 429 : response.status(),
          json.textOrEmpty("message"),
          switch (response.status()) {
            case 401 -> "check appId, privateKeyFile and this machine's clock";
            case 404 -> "check installationId, and that the app is installed there";
            default -> "give the app the permission to read packages";
          });
    }
    var token = json.textOrEmpty("token");
    if (token.isEmpty()) {
      throw new SourceException(ReasonClass.SERVICE, "GitHub gave no token");
    }
    try {
      return new IssuedCredential(
          new Credential(USERNAME, Secret.of(token)),
          Instant.parse(json.textOrEmpty("expires_at")));
    } catch (DateTimeParseException e) {
      throw new SourceException(ReasonClass.SERVICE, "GitHub gave a token without an expiry");
    }
  }

  private static JsonObject body(HttpResponse response) {
    try {
      return JsonObject.parse(response.body());
    } catch (JsonException e) {
      return JsonObject.EMPTY;
    }
  }

  /** Returns the app's own token, signed with its key: JWS with RS256 (RFC 7515, RFC 7518 3.3). */
  private String appToken() {
    var now = time.now();
    var claims = new LinkedHashMap<String, Object>();
    claims.put("iat", now.minus(BEFORE).getEpochSecond());
    claims.put("exp", now.plus(AFTER).getEpochSecond());
    claims.put("iss", entry.required("appId"));
    var key = entry.required("privateKeyFile");
    var pem = files.text("privateKeyFile", key);
    var signed = encoded(Map.of("alg", "RS256")) + "." + encoded(claims);
    try {
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(ClientIdentity.key(pem));
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed
          + "."
          + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (IOException | GeneralSecurityException e) {
      throw new SourceException(
          ReasonClass.REFUSED,
          "the key %s cannot be used; write the app's RSA key there as PEM".formatted(key));
    }
  }

  private static String encoded(Map<String, ?> part) {
    var json = JsonWriter.text(JsonForm.ASCII, part);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.US_ASCII));
  }
}
