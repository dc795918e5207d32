package dev.rig.credentials.net;

import java.net.InetAddress;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The hosts that may be contacted without TLS: this machine, hosts that are configured as insecure,
 * and development registries, which get no credential in plain text unless they are on this
 * machine.
 */
public final class PlainHttpPolicy {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final Set<String> insecure;
  private final Predicate<String> development;

  /** Creates a policy without development registries. */
  public PlainHttpPolicy(Set<String> insecure) {
    this(insecure, host -> false);
  }

  /**
   * Creates a policy.
   *
   * @param insecure hosts, with or without a port
   * @param development whether a host is a development registry; evaluated each time
   */
  public PlainHttpPolicy(Set<String> insecure, Predicate<String> development) {
    this.insecure = insecure;
    this.development = development;
  }

  /** Returns whether the site may be contacted without TLS; its address is checked as well. */
  public boolean allows(Origin site) {
    return isConfigured(site) || isLoopback(site) || isDevelopment(site);
  }

  /**
   * Returns whether the site may be contacted without TLS at this address: a loopback name may
   * resolve elsewhere.
   */
  public boolean allows(Origin site, InetAddress address) {
    return isConfigured(site)
        || isDevelopment(site)
        || (isLoopback(site) && NetworkZone.of(address) == NetworkZone.LOOPBACK);
  }

  /**
   * Returns whether a credential may be sent to the site.
   *
   * @param reach the zone of its address
   */
  public boolean allowsCredential(Origin site, NetworkZone reach) {
    return !site.scheme().equals("http") || isConfigured(site) || reach == NetworkZone.LOOPBACK;
  }

  private boolean isConfigured(Origin site) {
    return isNamed(site, insecure::contains);
  }

  private boolean isDevelopment(Origin site) {
    return isNamed(site, development);
  }

  private static boolean isNamed(Origin site, Predicate<String> hosts) {
    boolean usual = site.port() == HTTP_PORT || site.port() == HTTPS_PORT;
    return hosts.test(site.host() + ":" + site.port()) || (usual && hosts.test(site.host()));
  }

  /** Returns whether the site is this machine by its name or address. */
  static boolean isLoopback(Origin site) {
    if (site.host().equals("localhost")) {
      return true;
    }
    try {
      return NetworkZone.of(InetAddress.ofLiteral(site.bareHost())) == NetworkZone.LOOPBACK;
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }
}
