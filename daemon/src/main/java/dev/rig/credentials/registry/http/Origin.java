package dev.rig.credentials.registry.http;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Scheme, host and port: what a credential belongs to (T5).
 *
 * @param scheme {@code http} or {@code https}
 * @param host in lower case, an IPv6 address in brackets
 * @param port never 0
 */
public record Origin(String scheme, String host, int port) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /** The site of an absolute address; null where it is none that this client goes to. */
  public static @Nullable Origin of(URI address) {
    var scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
    boolean known = scheme.equals("http") || scheme.equals("https");
    if (!known || address.getHost() == null || address.getRawUserInfo() != null) {
      return null;
    }
    int port = address.getPort() < 0 ? usualPort(scheme) : address.getPort();
    return port == 0 ? null : new Origin(scheme, address.getHost().toLowerCase(Locale.ROOT), port);
  }

  /** The site of a host as it stands in front of image names, with a port or without. */
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

  /** The host, with the port where it is not the scheme's usual one. */
  public String authority() {
    return port == usualPort(scheme) ? host : host + ":" + port;
  }

  /** The host without the brackets of an IPv6 address. */
  String bareHost() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** An address at this site. */
  public URI resolve(String pathAndQuery) {
    return URI.create(scheme + "://" + authority() + pathAndQuery);
  }

  @Override
  public String toString() {
    return scheme + "://" + authority();
  }
}
