package dev.rig.credentials.net;

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
   * @throws HttpFailure when the name must not lead there
   */
  public void check(Origin origin, InetAddress address) throws HttpFailure {
    var reach = NetworkZone.of(address);
    if (reach == NetworkZone.NEVER) {
      throw HttpFailure.refused(
          origin.host() + " is an address of this link or of nobody, which is never asked");
    }
    if (!reach.isNoNearerThan(nearest)) {
      throw HttpFailure.refused(
          "%s leads into a network that the registry itself is not in (%s)"
              .formatted(
                  origin.host(), reach == NetworkZone.LOOPBACK ? "this machine" : "a private one"));
    }
  }
}
