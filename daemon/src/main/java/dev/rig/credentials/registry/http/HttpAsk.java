package dev.rig.credentials.registry.http;

import dev.rig.credentials.credential.Secret;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request.
 *
 * @param method {@code GET} or {@code POST}
 * @param address absolute; its path and query are sent as they are
 * @param headers beside those that every request has
 * @param authorization the value of that header; null for none
 * @param form the body of a {@code POST}; null for none
 */
public record HttpAsk(
    String method,
    URI address,
    Map<String, String> headers,
    @Nullable Secret authorization,
    @Nullable Secret form) {
  public HttpAsk {
    address = URI.create(address.toASCIIString()); // a URI of Java's may be more than ASCII
    headers = Map.copyOf(headers);
  }

  public static HttpAsk get(URI address) {
    return new HttpAsk("GET", address, Map.of(), null, null);
  }

  public HttpAsk accepting(String types) {
    var more = new LinkedHashMap<>(headers);
    more.put("Accept", types);
    return new HttpAsk(method, address, more, authorization, form);
  }

  public HttpAsk authorised(@Nullable Secret value) {
    return new HttpAsk(method, address, headers, value, form);
  }

  /** The same for somewhere else. */
  public HttpAsk at(URI elsewhere) {
    return new HttpAsk(method, elsewhere, headers, authorization, form);
  }

  /**
   * What the first line says: path and query, as they are.
   *
   * @return never with a space or a control character: a {@link URI} has none
   */
  String target() {
    var path = address.getRawPath();
    var query = address.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  @Override
  public String toString() {
    return method + " " + address.getHost();
  }
}
