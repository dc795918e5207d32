package dev.rig.credentials.net;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of a request. Servers send addresses that {@link java.net.URI} rejects and Go's
 * {@code net/url} accepts: hosts with an underscore, and paths and queries with spaces, brackets,
 * braces or raw bytes. Valid parts are kept byte for byte, because a signature may cover them.
 *
 * @param origin scheme, host and port
 * @param target path and query as they are sent: printable ASCII that starts with a slash
 */
public record HttpAddress(Origin origin, String target) {
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?<authority>[^/?#]*)(?<rest>.*)");
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");

  /** Printable characters that are not allowed in a request line or a URI (RFC 3986). */
  private static final String ENCODED = " \"<>\\^`{|}";

  public HttpAddress {
    if (!target.startsWith("/") || !target.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("not the target of a request");
    }
  }

  /**
   * Parses an absolute address and removes its fragment; returns null if it is not http or https.
   */
  public static @Nullable HttpAddress parse(String text) {
    var matcher = ABSOLUTE.matcher(text);
    if (hasControl(text) || !matcher.matches()) {
      return null;
    }
    var scheme = matcher.group("scheme").toLowerCase(Locale.ROOT);
    var origin = Origin.parse(scheme, matcher.group("authority"));
    return origin == null ? null : new HttpAddress(origin, target(matcher.group("rest")));
  }

  /**
   * Resolves a reference, such as a {@code Location} (RFC 3986, 5.2).
   *
   * @param reference a header's text, in which a character above 127 is a byte
   * @return null if the result is not http or https
   */
  public @Nullable HttpAddress resolve(String reference) {
    if (SCHEME.matcher(reference).matches()) {
      return parse(reference);
    }
    if (reference.startsWith("//")) {
      return parse(origin.scheme() + ":" + reference);
    }
    if (hasControl(reference)) {
      return null;
    }
    var path = target.split("\\?", 2)[0];
    if (reference.startsWith("/")) {
      return new HttpAddress(origin, target(reference));
    }
    if (reference.startsWith("?")) {
      return new HttpAddress(origin, target(path + reference));
    }
    return reference.isEmpty() || reference.startsWith("#")
        ? this
        : new HttpAddress(origin, relative(path, target("/" + reference).substring(1)));
  }

  /** Returns the path of a relative reference, without the segments {@code .} and {@code ..}. */
  private static String relative(String base, String reference) {
    int query = reference.indexOf('?');
    var path = query < 0 ? reference : reference.substring(0, query);
    var merged = base.substring(0, base.lastIndexOf('/') + 1) + path;
    var segments = new ArrayDeque<String>();
    var parts = merged.substring(1).split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      boolean dots = parts[i].equals(".") || parts[i].equals("..");
      if (parts[i].equals("..")) {
        segments.pollLast();
      }
      if (!dots) {
        segments.addLast(parts[i]);
      } else if (i == parts.length - 1) {
        segments.addLast("");
      }
    }
    return "/" + String.join("/", segments) + (query < 0 ? "" : reference.substring(query));
  }

  /** Returns path and query as they are sent, from the text after a host. */
  private static String target(String rest) {
    var text = rest.split("#", 2)[0];
    var target = new StringBuilder(text.length() + 16);
    if (!text.startsWith("/")) {
      target.append('/');
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0xff) {
        for (byte one : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          target.append(String.format(Locale.ROOT, "%%%02X", one & 0xff));
        }
      } else if (c > '~' || ENCODED.indexOf(c) >= 0) {
        target.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      } else {
        target.append(c);
      }
    }
    return target.toString();
  }

  /** Returns what is wrong with an unsupported reference, without repeating it. */
  public static String fault(String reference) {
    var matcher = ABSOLUTE.matcher(reference.startsWith("//") ? "http:" + reference : reference);
    if (hasControl(reference)) {
      return "an address with a control character in it";
    }
    if (!matcher.matches() || !matcher.group("scheme").matches("(?i)https?")) {
      return "something other than an http or https address";
    }
    return matcher.group("authority").indexOf('@') >= 0
        ? "an address with a user name or a password in it"
        : "an address with a host or port that is not valid";
  }

  private static boolean hasControl(String text) {
    return text.chars().anyMatch(c -> c < ' ' || c == 0x7f);
  }

  /** Returns the address with a longer query; both parts are encoded already. */
  public HttpAddress query(String more) {
    return new HttpAddress(origin, target + (target.indexOf('?') < 0 ? "?" : "&") + more);
  }

  /** Returns the address without query parameters of these names; the rest of the query is kept. */
  public HttpAddress without(Set<String> names) {
    int query = target.indexOf('?');
    if (query < 0) {
      return this;
    }
    var parts = List.of(target.substring(query + 1).split("[&;]", -1));
    var left = parts.stream().filter(part -> !names.contains(name(part))).toList();
    if (left.size() == parts.size()) {
      return this;
    }
    var path = target.substring(0, query);
    return new HttpAddress(origin, left.isEmpty() ? path : path + "?" + String.join("&", left));
  }

  private static String name(String parameter) {
    var name = parameter.split("=", 2)[0];
    try {
      name = URLDecoder.decode(name, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // A name that cannot be decoded is not one of them.
    }
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return origin + target;
  }
}
