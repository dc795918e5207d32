package dev.rig.credentials.provider;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.net.HttpRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The secrets that an entry recently sent to services; a service's answer may repeat them. */
final class SentSecrets {
  /** More secrets than the requests of all concurrent runs of an entry contain. */
  private static final int MOST = 64;

  /** Fields of forms: OAuth 2.0 (RFC 6749, 7523, 8693), ACR's exchange, and AWS STS. */
  private static final Set<String> FIELDS =
      Set.of(
          "access_token",
          "assertion",
          "client_assertion",
          "client_secret",
          "refresh_token",
          "subject_token",
          "WebIdentityToken");

  /** Fields of JSON in CreateToken of IAM Identity Center. */
  private static final List<String> MEMBERS = List.of("clientSecret", "refreshToken");

  /** Headers in lower case: GetRoleCredentials of IAM Identity Center, and Azure App Service. */
  private static final Set<String> HEADERS = Set.of("x-amz-sso_bearer_token", "x-identity-header");

  private final Deque<String> sent = new ArrayDeque<>(); // guarded by this

  void note(HttpRequest request) {
    var authorization = request.authorization();
    if (authorization != null) {
      add(authorization.reveal().replaceFirst("^\\w+ ", ""));
    }
    request
        .headers()
        .forEach((name, value) -> {
          if (HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
            add(value);
          }
        });
    var body = request.body();
    if (body != null && has(request, "application/x-www-form-urlencoded")) {
      noteFields(body);
    } else if (body != null && has(request, "application/json")) {
      noteMembers(body);
    }
  }

  private static boolean has(HttpRequest request, String type) {
    return request.headers().values().stream().anyMatch(header -> header.startsWith(type));
  }

  private void noteMembers(Secret body) {
    try {
      var json = JsonObject.parse(body.reveal().getBytes(StandardCharsets.UTF_8));
      MEMBERS.stream().map(json::textOrEmpty).filter(text -> !text.isEmpty()).forEach(this::add);
    } catch (JsonException e) {
      // Any other text has no members.
    }
  }

  private void noteFields(Secret body) {
    for (var field : body.reveal().split("&", -1)) {
      var parts = field.split("=", 2);
      if (parts.length == 2 && FIELDS.contains(parts[0])) {
        add(URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
      }
    }
  }

  private synchronized void add(String secret) {
    if (!sent.contains(secret)) {
      sent.addLast(secret);
    }
    if (sent.size() > MOST) {
      sent.removeFirst();
    }
  }

  synchronized List<String> texts() {
    return List.copyOf(sent);
  }
}
