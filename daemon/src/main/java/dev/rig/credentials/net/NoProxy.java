package dev.rig.credentials.net;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code NO_PROXY} with the rules of Go's {@code golang.org/x/net/http/httpproxy}, which other
 * clients on this machine follow. {@code *} matches every host. An IP address or a CIDR block
 * matches hosts that are addresses. {@code example.org} matches that domain and its subdomains;
 * {@code .example.org} and {@code *.example.org} match only the subdomains. All except {@code *}
 * and CIDR blocks may have a port.
 */
final class NoProxy {
  private interface Rule {
    /**
     * Returns whether a host is reached without a proxy.
     *
     * @param host in lower case, an IPv6 address without brackets
     * @param address null if the host is a name
     */
    boolean matches(String host, int port, @Nullable InetAddress address);
  }

  private final List<Rule> rules;

  NoProxy(List<String> entries) {
    rules =
        entries.stream()
            .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
            .filter(entry -> !entry.isEmpty())
            .map(NoProxy::rule)
            .toList();
  }

  boolean covers(Origin origin) {
    var host = origin.bareHost();
    var address = literal(host);
    return rules.stream().anyMatch(rule -> rule.matches(host, origin.port(), address));
  }

  private static Rule rule(String entry) {
    if (entry.equals("*")) {
      return (host, port, address) -> true;
    }
    int slash = entry.indexOf('/');
    if (slash >= 0) {
      return block(entry.substring(0, slash), entry.substring(slash + 1));
    }
    int colon = entry.lastIndexOf(':');
    boolean single = colon >= 0 && (entry.indexOf(':') == colon || entry.startsWith("["));
    boolean withPort = single && colon > entry.lastIndexOf(']');
    var host = withPort ? entry.substring(0, colon) : entry;
    int only = withPort ? port(entry.substring(colon + 1)) : 0;
    var address = literal(host.startsWith("[") ? host.replaceAll("[\\[\\]]", "") : host);
    if (address != null) {
      return (asked, port, at) -> address.equals(at) && (only == 0 || port == only);
    }
    return domain(host, only);
  }

  private static Rule domain(String host, int only) {
    var domain = host.startsWith("*.") ? host.substring(1) : host;
    boolean itself = !domain.startsWith(".");
    var suffix = itself ? "." + domain : domain;
    return (asked, port, address) ->
        suffix.length() > 1
            && (asked.endsWith(suffix) || (itself && asked.equals(domain)))
            && (only == 0 || port == only);
  }

  private static Rule block(String base, String bits) {
    var address = literal(base);
    int length = bits.matches("[0-9]{1,3}") ? Integer.parseInt(bits) : -1;
    if (address == null || length < 0 || length > address.getAddress().length * Byte.SIZE) {
      return (host, port, at) -> false;
    }
    byte[] network = address.getAddress();
    return (host, port, at) -> at != null && shares(network, at.getAddress(), length);
  }

  private static boolean shares(byte[] network, byte[] address, int bits) {
    int whole = bits / Byte.SIZE;
    int rest = bits % Byte.SIZE;
    return network.length == address.length
        && Arrays.equals(network, 0, whole, address, 0, whole)
        && (rest == 0 || ((network[whole] ^ address[whole]) & (0xff << (Byte.SIZE - rest))) == 0);
  }

  /** Returns a port; 0, which matches all, for an empty text; one that matches none if invalid. */
  private static int port(String digits) {
    return digits.isEmpty() ? 0 : digits.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(digits) : -1;
  }

  private static @Nullable InetAddress literal(String host) {
    try {
      return host.matches("[0-9.]+") || host.indexOf(':') >= 0 ? InetAddress.ofLiteral(host) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
