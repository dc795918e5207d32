package dev.rig.credentials.registry.http;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that the outside is reached through. This machine never is.
 *
 * @param http the proxy for plain http; null for none
 * @param https the proxy for https, asked to forward with {@code CONNECT}; null for none
 * @param direct hosts that are reached without one, with a port or without: {@code example.org} and
 *     what ends in it, {@code .example.org} the same, {@code *} for everything
 */
public record Proxies(@Nullable URI http, @Nullable URI https, List<String> direct) {
  /** Everything is reached directly. */
  public static final Proxies NONE = new Proxies(null, null, List.of());

  private static final int USUAL_PORT = 80;

  public Proxies {
    direct = direct.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
  }

  /**
   * What {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} name; in lower case they come
   * first, as with curl.
   *
   * @throws IllegalArgumentException when a proxy is not {@code http://host:port}; the message does
   *     not repeat it, as it may have a password in it
   */
  public static Proxies of(Map<String, String> environment) {
    return new Proxies(
        address(environment, "HTTP_PROXY"),
        address(environment, "HTTPS_PROXY"),
        Arrays.stream(variable(environment, "NO_PROXY").split(","))
            .map(String::strip)
            .filter(host -> !host.isEmpty())
            .toList());
  }

  private static String variable(Map<String, String> environment, String name) {
    var lower = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    return (lower.isEmpty() ? environment.getOrDefault(name, "") : lower).strip();
  }

  private static @Nullable URI address(Map<String, String> environment, String name) {
    var value = variable(environment, name);
    if (value.isEmpty()) {
      return null;
    }
    try {
      var address = URI.create(value.contains("://") ? value : "http://" + value);
      if ("http".equalsIgnoreCase(address.getScheme()) && address.getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // Its message would repeat the address; ours below does not.
    }
    throw new IllegalArgumentException(name + " is not the address of an http proxy");
  }

  /** The proxy for a site; null for none. */
  @Nullable URI of(Origin site) {
    var proxy = site.isSecure() ? https : http;
    return proxy == null || isDirect(site) ? null : proxy;
  }

  /** The site of a proxy. */
  static Origin site(URI proxy) {
    int port = proxy.getPort() < 0 ? USUAL_PORT : proxy.getPort();
    return new Origin("http", proxy.getHost().toLowerCase(Locale.ROOT), port);
  }

  private boolean isDirect(Origin site) {
    return PlainHttpPolicy.isLoopback(site)
        || direct.stream().anyMatch(host -> matches(host, site.bareHost(), site.port()));
  }

  private static boolean matches(String direct, String host, int port) {
    int colon = direct.indexOf(':');
    boolean withPort = colon >= 0 && colon == direct.lastIndexOf(':');
    if (withPort && !direct.substring(colon + 1).equals(Integer.toString(port))) {
      return false;
    }
    var name = withPort ? direct.substring(0, colon) : direct;
    if (name.equals("*")) {
      return true;
    }
    var suffix =
        name.startsWith("*.") ? name.substring(2) : name.startsWith(".") ? name.substring(1) : name;
    return host.equals(suffix) || host.endsWith("." + suffix);
  }

  /** An address may have a password in it. */
  @Override
  public String toString() {
    return "Proxies[http=%s, https=%s, direct=%s]"
        .formatted(http == null ? null : site(http), https == null ? null : site(https), direct);
  }
}
