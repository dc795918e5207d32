package dev.rig.credentials.registry;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One answer, whole.
 *
 * @param status 200 to 599
 * @param headers by name in lower case
 * @param body its bytes
 * @param reach where it came from; through a proxy it is the Internet
 */
@SuppressWarnings("ArrayRecordComponent") // carried from one place to the next, never compared
record HttpReply(int status, Map<String, List<String>> headers, byte[] body, Reach reach) {
  /** The same, from there. */
  HttpReply from(Reach where) {
    return new HttpReply(status, headers, body, where);
  }

  /** The first header of that name; null for none. */
  @Nullable String header(String name) {
    var values = headers(name);
    return values.isEmpty() ? null : values.getFirst();
  }

  List<String> headers(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  boolean isOk() {
    return status == 200;
  }

  boolean isRedirect() {
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
