package dev.rig.credentials.net;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One complete response. */
public final class HttpResponse {
  private final int status;
  private final Map<String, List<String>> headers;
  private final byte[] body;
  private final NetworkZone zone;

  /**
   * Creates a response.
   *
   * @param status 200 to 599
   * @param headers by name in lower case
   * @param body must not be changed
   * @param zone where it came from; {@link NetworkZone#PUBLIC} through a proxy
   */
  public HttpResponse(
      int status, Map<String, List<String>> headers, byte[] body, NetworkZone zone) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.zone = zone;
  }

  /** Returns a copy with only the headers of that name. */
  public HttpResponse withoutHeadersBut(String name) {
    var values = headers.get(name);
    var left = values == null ? Map.<String, List<String>>of() : Map.of(name, values);
    return new HttpResponse(status, left, body, zone);
  }

  public int status() {
    return status;
  }

  public byte[] body() {
    return body;
  }

  public NetworkZone zone() {
    return zone;
  }

  /** Returns all headers, by name in lower case. */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /** Returns the first header with that name; null if absent. */
  public @Nullable String header(String name) {
    var values = headers(name);
    return values.isEmpty() ? null : values.getFirst();
  }

  /** Returns the values of all headers with that name, in order. */
  public List<String> headers(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  public boolean isRedirect() {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return "HTTP " + status;
  }
}
