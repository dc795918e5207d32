package dev.rig.credentials.net;

import java.net.InetAddress;
import java.util.Set;

/** Who may be asked without TLS: this machine, and hosts that are configured as insecure. */
public final class PlainHttpPolicy {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final Set<String> insecure;

  public PlainHttpPolicy(Set<String> insecure) {
    this.insecure = insecure;
  }

  /** Whether the site may be asked so; what its name leads to is checked as well. */
  public boolean allows(Origin site) {
    return isConfigured(site) || isLoopback(site);
  }

  /** Whether the site may be asked so at this address: a name of loopback may lie. */
  public boolean allows(Origin site, InetAddress address) {
    return isConfigured(site)
        || (isLoopback(site) && NetworkZone.of(address) == NetworkZone.LOOPBACK);
  }

  private boolean isConfigured(Origin site) {
    boolean usual = site.port() == HTTP_PORT || site.port() == HTTPS_PORT;
    return insecure.contains(site.host() + ":" + site.port())
        || (usual && insecure.contains(site.host()));
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
