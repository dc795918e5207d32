package dev.rig.credentials.dev;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request to a registry without a login (RFC 9112).
 *
 * <p>A page in a browser of this machine can send requests here. If a name of the page's own
 * resolves to this machine (DNS rebinding), the {@code Host} header has that name. Any other page's
 * request that could change something has an {@code Origin} header, which no registry client sends.
 *
 * @param refusal why it is not forwarded; null if it is
 */
record FrontRequest(String line, List<String> fields, @Nullable Refusal refusal) {
  private static final int MOST_BYTES = 64 * 1024;

  private static final Pattern LINE = Pattern.compile("[A-Z]{1,16} /[\\x21-\\x7e]* HTTP/1\\.[01]");
  private static final Pattern FIELD =
      Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}:[\\t\\x20-\\x7e\\x80-\\xff]*");
  private static final Pattern HOST =
      Pattern.compile("(?:localhost|([0-9.]+)|\\[([0-9a-fA-F:.]+)])(?::[0-9]{1,5})?");

  /** Headers that belong to one connection, or are replaced. */
  private static final Set<String> DROPPED =
      Set.of("authorization", "connection", "keep-alive", "proxy-connection", "upgrade");

  /** An HTTP status, and the reason in ASCII, without quotes. */
  record Refusal(int status, String reason) {}

  /**
   * Reads a head and checks it.
   *
   * @return null if the client closes without a request
   * @throws IOException if the head is incomplete
   */
  static @Nullable FrontRequest read(InputStream in) throws IOException {
    var head = new ByteArrayOutputStream();
    int ending = 0;
    while (ending < 4) {
      int next = in.read();
      if (next < 0) {
        return head.size() == 0 ? null : refused(400, "the request ends within its head");
      }
      head.write(next);
      if (head.size() > MOST_BYTES) {
        return refused(431, "the head of the request is larger than 64 KiB");
      }
      boolean expected = next == (ending % 2 == 0 ? '\r' : '\n');
      ending = expected ? ending + 1 : next == '\r' ? 1 : 0;
    }
    var lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n", -1);
    if (!LINE.matcher(lines[0]).matches()) {
      return refused(400, "the first line of the request is not valid HTTP/1.1");
    }
    var fields = new ArrayList<String>();
    for (int i = 1; i < lines.length - 2; i++) {
      if (!FIELD.matcher(lines[i]).matches()) {
        return refused(400, "a header of the request is not valid HTTP/1.1");
      }
      fields.add(lines[i]);
    }
    return new FrontRequest(lines[0], List.copyOf(fields), check(fields));
  }

  private static FrontRequest refused(int status, String reason) {
    return new FrontRequest("", List.of(), new Refusal(status, reason));
  }

  private static @Nullable Refusal check(List<String> fields) {
    var hosts = values(fields, "host");
    if (hosts.size() != 1 || !isLoopback(hosts.getFirst())) {
      return new Refusal(
          421, "the Host header is not this machine's loopback: the registry has no login");
    }
    if (!values(fields, "origin").isEmpty()) {
      return new Refusal(403, "requests of web pages (Origin) are refused");
    }
    return null;
  }

  private static List<String> values(List<String> fields, String name) {
    return fields.stream()
        .filter(field -> name(field).equals(name))
        .map(field -> field.substring(name.length() + 1).strip())
        .toList();
  }

  private static String name(String field) {
    return field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);
  }

  /** Returns whether the host is a loopback address: a name can resolve to any address. */
  private static boolean isLoopback(String host) {
    var parts = HOST.matcher(host.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      return false;
    }
    var literal = parts.group(1) == null ? parts.group(2) : parts.group(1);
    try {
      return literal == null || InetAddress.ofLiteral(literal).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Returns the head for the registry, which closes the connection after its answer. */
  byte[] forwarded(String authorization) {
    var head = new StringBuilder(line).append("\r\n");
    for (var field : fields) {
      if (!DROPPED.contains(name(field))) {
        head.append(field).append("\r\n");
      }
    }
    return head.append("Authorization: ")
        .append(authorization)
        .append("\r\nConnection: close\r\n\r\n")
        .toString()
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
