package dev.rig.credentials.registry.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One answer, whole. */
public final class HttpReply {
  private final int status;
  private final Map<String, List<String>> headers;
  private final byte[] body;
  private final NetworkZone reach;

  /**
   * An answer.
   *
   * @param status 200 to 599
   * @param headers by name in lower case
   * @param body which nobody changes
   * @param reach where it came from; through a proxy it is the Internet
   */
  public HttpReply(int status, Map<String, List<String>> headers, byte[] body, NetworkZone reach) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.reach = reach;
  }

  /** The same, from there. */
  HttpReply from(NetworkZone where) {
    return new HttpReply(status, headers, body, where);
  }

  /** The same with no header but one, where it has that. */
  public HttpReply withoutHeadersBut(String name) {
    var values = headers.get(name);
    var left = values == null ? Map.<String, List<String>>of() : Map.of(name, values);
    return new HttpReply(status, left, body, reach);
  }

  public int status() {
    return status;
  }

  public byte[] body() {
    return body;
  }

  public NetworkZone reach() {
    return reach;
  }

  /** The first header of that name; null for none. */
  public @Nullable String header(String name) {
    var values = headers(name);
    return values.isEmpty() ? null : values.getFirst();
  }

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
