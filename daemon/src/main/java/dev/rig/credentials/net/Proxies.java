package dev.rig.credentials.net;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The proxies for other machines. This machine is always reached directly. */
public final class Proxies {
  /** No proxies. */
  public static final Proxies NONE = of(Map.of());

  private static final int USUAL_PORT = 80;

  /**
   * One proxy.
   *
   * @param address null if its variable is not set
   * @param problem why it cannot be used; null if it can be
   */
  private record Proxy(@Nullable URI address, @Nullable String problem) {
    static @Nullable Proxy at(@Nullable URI address) {
      return address == null ? null : new Proxy(address, null);
    }

    @Override
    public String toString() {
      return problem != null || address == null ? "invalid" : origin(address).toString();
    }
  }

  private final @Nullable Proxy http;
  private final @Nullable Proxy https;
  private final NoProxy direct;

  /**
   * Creates proxies.
   *
   * @param http the proxy for plain http; null if absent
   * @param https the proxy for https, used with {@code CONNECT}; null if absent
   * @param direct the hosts without a proxy, as in {@code NO_PROXY}
   */
  public Proxies(@Nullable URI http, @Nullable URI https, List<String> direct) {
    this(Proxy.at(http), Proxy.at(https), direct);
  }

  private Proxies(@Nullable Proxy http, @Nullable Proxy https, List<String> direct) {
    this.http = http;
    this.https = https;
    this.direct = new NoProxy(direct);
  }

  /**
   * Reads {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}; the lower-case names have
   * precedence, as with curl. An unusable proxy is reported by {@link #problems}.
   */
  public static Proxies of(Map<String, String> environment) {
    return new Proxies(
        proxy(environment, "HTTP_PROXY"),
        proxy(environment, "HTTPS_PROXY"),
        Arrays.asList(variable(environment, "NO_PROXY").split(",")));
  }

  /**
   * Returns why proxies cannot be used; empty if they can. Never contains an address, which may
   * contain a password.
   */
  public List<String> problems() {
    return Stream.of(http, https)
        .flatMap(proxy -> proxy == null ? Stream.empty() : Stream.ofNullable(proxy.problem()))
        .toList();
  }

  private static String variable(Map<String, String> environment, String name) {
    var lower = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    return (lower.isEmpty() ? environment.getOrDefault(name, "") : lower).strip();
  }

  private static @Nullable Proxy proxy(Map<String, String> environment, String name) {
    var value = variable(environment, name);
    if (value.isEmpty()) {
      return null;
    }
    try {
      var address = URI.create(value.contains("://") ? value : "http://" + value);
      var scheme = address.getScheme();
      if (scheme != null && address.getHost() != null) {
        return "http".equalsIgnoreCase(scheme)
            ? new Proxy(address, null)
            : new Proxy(
                address,
                "%s names a proxy of the kind %s; only http:// proxies are supported"
                    .formatted(name, scheme.toLowerCase(Locale.ROOT)));
      }
    } catch (IllegalArgumentException e) {
      // Its message would repeat the address; ours below does not.
    }
    return new Proxy(
        null, name + " is not the address of an http proxy, such as http://proxy.example:3128");
  }

  /**
   * Returns the proxy for an origin.
   *
   * @return null if it is reached directly
   * @throws HttpFailure if the proxy cannot be used: its address is invalid, or its kind is
   *     unsupported, such as SOCKS or a proxy over TLS
   */
  @Nullable URI of(Origin origin) throws HttpFailure {
    var proxy = origin.isSecure() ? https : http;
    if (proxy == null || PlainHttpPolicy.isLoopback(origin) || direct.covers(origin)) {
      return null;
    }
    if (proxy.problem() != null) {
      throw HttpFailure.refused(
          "%s; list %s in NO_PROXY if it is reached directly"
              .formatted(proxy.problem(), origin.host()));
    }
    return proxy.address();
  }

  /** Returns the origin of a proxy. */
  static Origin origin(URI proxy) {
    int port = proxy.getPort() < 0 ? USUAL_PORT : proxy.getPort();
    return new Origin("http", proxy.getHost().toLowerCase(Locale.ROOT), port);
  }

  /** Omits the addresses, which may contain a password. */
  @Override
  public String toString() {
    return "Proxies[http=%s, https=%s]".formatted(http, https);
  }
}
