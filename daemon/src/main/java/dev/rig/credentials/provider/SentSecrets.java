package dev.rig.credentials.provider;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.net.HttpRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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

  private final Deque<String> sent = new ArrayDeque<>(); // guarded by this

  void note(HttpRequest request) {
    var authorization = request.authorization();
    if (authorization != null) {
      add(authorization.reveal().replaceFirst("^\\w+ ", ""));
    }
    var body = request.body();
    if (body != null && request.headers().values().stream().anyMatch(SentSecrets::isForm)) {
      noteFields(body);
    }
  }

  private static boolean isForm(String header) {
    return header.startsWith("application/x-www-form-urlencoded");
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
