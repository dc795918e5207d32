package dev.rig.credentials.registry.http;

import dev.rig.credentials.registry.CallException;
import java.net.InetAddress;

/**
 * Where a name may lead.
 *
 * @param nearest the nearest reach that is allowed
 */
public record ZoneRule(NetworkZone nearest) {
  /** For a registry that somebody asks about: everywhere but to where nobody's registry is. */
  public static final ZoneRule ASKED_FOR = new ZoneRule(NetworkZone.LOOPBACK);

  /**
   * Checks one address.
   *
   * @throws CallException when the name must not lead there
   */
  public void check(Origin site, InetAddress address) throws CallException {
    var reach = NetworkZone.of(address);
    if (reach == NetworkZone.NEVER) {
      throw CallException.refused(
          site.host() + " is an address of this link or of nobody, which is never asked");
    }
    if (!reach.isNoNearerThan(nearest)) {
      throw CallException.refused(
          "%s leads into a network that the registry itself is not in (%s)"
              .formatted(
                  site.host(), reach == NetworkZone.LOOPBACK ? "this machine" : "a private one"));
    }
  }
}
