package dev.rig.credentials.net;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The proxies that other machines are reached through. This machine never is. */
public final class Proxies {
  /** Everything is reached directly. */
  public static final Proxies NONE = new Proxies(null, null, List.of());

  private static final int USUAL_PORT = 80;

  private final @Nullable URI http;
  private final @Nullable URI https;
  private final NoProxy direct;

  /**
   * Proxies.
   *
   * @param http the proxy for plain http; null for none
   * @param https the proxy for https, asked to forward with {@code CONNECT}; null for none
   * @param direct what is reached without one, as in {@code NO_PROXY}
   */
  public Proxies(@Nullable URI http, @Nullable URI https, List<String> direct) {
    this.http = http;
    this.https = https;
    this.direct = new NoProxy(direct);
  }

  /**
   * What {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} name; in lower case they come
   * first, as with curl.
   *
   * @throws IllegalArgumentException if a proxy is not an address; the message does not repeat it,
   *     as it may have a password in it
   */
  public static Proxies of(Map<String, String> environment) {
    return new Proxies(
        address(environment, "HTTP_PROXY"),
        address(environment, "HTTPS_PROXY"),
        Arrays.asList(variable(environment, "NO_PROXY").split(",")));
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
      if (address.getScheme() != null && address.getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // Its message would repeat the address; ours below does not.
    }
    throw new IllegalArgumentException(name + " is not the address of an http proxy");
  }

  /**
   * The proxy for an origin.
   *
   * @return null if it is reached directly
   * @throws HttpFailure if the proxy is of a kind that is not supported: SOCKS, or one that is
   *     asked over TLS
   */
  @Nullable URI of(Origin origin) throws HttpFailure {
    var proxy = origin.isSecure() ? https : http;
    if (proxy == null || PlainHttpPolicy.isLoopback(origin) || direct.covers(origin)) {
      return null;
    }
    if (!"http".equalsIgnoreCase(proxy.getScheme())) {
      throw HttpFailure.refused(
          "%s names a proxy of the kind %s, and registries are asked through http:// proxies only;"
                  .formatted(
                      origin.isSecure() ? "HTTPS_PROXY" : "HTTP_PROXY",
                      proxy.getScheme().toLowerCase(Locale.ROOT))
              + " list %s in NO_PROXY if it is reached directly".formatted(origin.host()));
    }
    return proxy;
  }

  /** The origin of a proxy. */
  static Origin origin(URI proxy) {
    int port = proxy.getPort() < 0 ? USUAL_PORT : proxy.getPort();
    return new Origin("http", proxy.getHost().toLowerCase(Locale.ROOT), port);
  }

  /** An address may have a password in it. */
  @Override
  public String toString() {
    return "Proxies[http=%s, https=%s]"
        .formatted(http == null ? null : origin(http), https == null ? null : origin(https));
  }
}
