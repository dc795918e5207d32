package dev.rig.credentials.net;

import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Scheme, host and port: the scope of a credential (T5).
 *
 * @param scheme {@code http} or {@code https}
 * @param host in lower case, an IPv6 address in brackets
 * @param port never 0
 */
public record Origin(String scheme, String host, int port) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int LAST_PORT = 65_535;

  /** Letters, digits, dots and dashes, and the underscore that container names can contain. */
  private static final Pattern HOST = Pattern.compile("[a-z0-9._-]+|\\[[0-9a-f:.]+]");

  private static final Pattern AUTHORITY = Pattern.compile("(.+?)(?::([0-9]{0,5}))?");

  /**
   * Parses the authority of an address.
   *
   * @param scheme in lower case
   * @return null if the scheme is neither {@code http} nor {@code https}, or the rest is not a host
   *     with an optional port
   */
  static @Nullable Origin parse(String scheme, String authority) {
    var matcher = AUTHORITY.matcher(authority.toLowerCase(Locale.ROOT));
    boolean known = scheme.equals("http") || scheme.equals("https");
    if (!known || !matcher.matches() || !isHost(matcher.group(1))) {
      return null;
    }
    var digits = matcher.group(2);
    int port = digits == null || digits.isEmpty() ? usualPort(scheme) : Integer.parseInt(digits);
    return port < 1 || port > LAST_PORT ? null : new Origin(scheme, matcher.group(1), port);
  }

  private static boolean isHost(String host) {
    if (!HOST.matcher(host).matches()) {
      return false;
    }
    try {
      return !host.startsWith("[")
          || InetAddress.ofLiteral(host.substring(1, host.length() - 1)) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Returns the origin of a host as in image names, with or without a port. */
  public static Origin of(String scheme, String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    boolean port = colon > hostAndPort.lastIndexOf(']');
    return new Origin(
        scheme,
        port ? hostAndPort.substring(0, colon) : hostAndPort,
        port ? Integer.parseInt(hostAndPort.substring(colon + 1)) : usualPort(scheme));
  }

  private static int usualPort(String scheme) {
    return scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
  }

  public boolean isSecure() {
    return scheme.equals("https");
  }

  /** Returns the host, with the port unless it is the scheme's default. */
  public String authority() {
    return port == usualPort(scheme) ? host : host + ":" + port;
  }

  /** Returns the host without the brackets of an IPv6 address. */
  String bareHost() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Returns an address at this origin; path and query are encoded already. */
  public HttpAddress at(String target) {
    return new HttpAddress(this, target);
  }

  @Override
  public String toString() {
    return scheme + "://" + authority();
  }
}
