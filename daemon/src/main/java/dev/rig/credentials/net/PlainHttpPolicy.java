package dev.rig.credentials.net;

import java.net.InetAddress;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Who may be asked without TLS: this machine, hosts that are configured as insecure, and
 * development registries, which get no credential in the clear unless they are on this machine.
 */
public final class PlainHttpPolicy {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final Set<String> insecure;
  private final Predicate<String> development;

  /** Without development registries. */
  public PlainHttpPolicy(Set<String> insecure) {
    this(insecure, host -> false);
  }

  /**
   * A policy.
   *
   * @param insecure hosts, with their port where they have one
   * @param development whether such a host is a development registry; asked each time
   */
  public PlainHttpPolicy(Set<String> insecure, Predicate<String> development) {
    this.insecure = insecure;
    this.development = development;
  }

  /** Whether the site may be asked so; what its name leads to is checked as well. */
  public boolean allows(Origin site) {
    return isConfigured(site) || isLoopback(site) || isDevelopment(site);
  }

  /** Whether the site may be asked so at this address: a name of loopback may lie. */
  public boolean allows(Origin site, InetAddress address) {
    return isConfigured(site)
        || isDevelopment(site)
        || (isLoopback(site) && NetworkZone.of(address) == NetworkZone.LOOPBACK);
  }

  /**
   * Whether a credential may go to the site.
   *
   * @param reach where its address is
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

  /** Whether the site is this machine by its name or address. */
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
