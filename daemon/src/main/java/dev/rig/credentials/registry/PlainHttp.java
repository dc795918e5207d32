package dev.rig.credentials.registry;

import java.net.InetAddress;
import java.util.Set;

/** Who may be asked without TLS: this machine, and hosts that are configured as insecure. */
final class PlainHttp {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final Set<String> insecure;

  PlainHttp(Set<String> insecure) {
    this.insecure = insecure;
  }

  /** Whether the site may be asked so; what its name leads to is checked as well. */
  boolean allows(Site site) {
    return isConfigured(site) || isLoopback(site);
  }

  /** Whether the site may be asked so at this address: a name of loopback may lie. */
  boolean allows(Site site, InetAddress address) {
    return isConfigured(site) || (isLoopback(site) && Reach.of(address) == Reach.LOOPBACK);
  }

  private boolean isConfigured(Site site) {
    boolean usual = site.port() == HTTP_PORT || site.port() == HTTPS_PORT;
    return insecure.contains(site.host() + ":" + site.port())
        || (usual && insecure.contains(site.host()));
  }

  /** Whether the site is this machine by its name or address. */
  static boolean isLoopback(Site site) {
    if (site.host().equals("localhost")) {
      return true;
    }
    try {
      return Reach.of(InetAddress.ofLiteral(site.bareHost())) == Reach.LOOPBACK;
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }
}
