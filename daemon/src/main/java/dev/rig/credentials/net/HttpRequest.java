package dev.rig.credentials.net;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request.
 *
 * @param method {@code GET} or {@code POST}
 * @param address its path and query are sent unchanged
 * @param headers by name, without those that the client adds to every request
 * @param authorization the value of that header; null if absent
 * @param body null if absent
 */
public record HttpRequest(
    String method,
    HttpAddress address,
    Map<String, String> headers,
    @Nullable Secret authorization,
    @Nullable Secret body) {
  public HttpRequest {
    headers = Map.copyOf(headers);
    headers.forEach(HttpRequest::checkHeader);
    if (authorization != null) {
      checkHeader("Authorization", authorization.reveal());
    }
  }

  private static void checkHeader(String name, String value) {
    if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException("the header " + name + " would not be one line of ASCII");
    }
  }

  public static HttpRequest get(HttpAddress address) {
    return new HttpRequest("GET", address, Map.of(), null, null);
  }

  /** Returns a request with a body, which is sent as UTF-8. */
  public static HttpRequest post(HttpAddress address, String contentType, Secret body) {
    return new HttpRequest("POST", address, Map.of("Content-Type", contentType), null, body);
  }

  public HttpRequest with(String header, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new HttpRequest(method, address, more, authorization, body);
  }

  /** Returns the value of {@code Authorization} for a password (RFC 7617). */
  public static Secret basic(Credential credential) {
    var login = credential.username() + ":" + credential.secret().reveal();
    return Secret.of(
        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
  }

  public HttpRequest authorised(@Nullable Secret value) {
    return new HttpRequest(method, address, headers, value, body);
  }

  /** Returns a copy for another address. */
  public HttpRequest at(HttpAddress elsewhere) {
    return new HttpRequest(method, elsewhere, headers, authorization, body);
  }

  /** Prints only the origin; a query may contain a signature. */
  @Override
  public String toString() {
    return method + " " + address.origin();
  }
}
