package dev.rig.credentials.registry;

import java.net.InetAddress;

/**
 * Where a name may lead.
 *
 * @param nearest the nearest reach that is allowed
 */
record AddressRule(Reach nearest) {
  /** For a registry that somebody asks about: everywhere but to where nobody's registry is. */
  static final AddressRule ASKED_FOR = new AddressRule(Reach.LOOPBACK);

  /**
   * Checks one address.
   *
   * @throws CallException when the name must not lead there
   */
  void check(Site site, InetAddress address) throws CallException {
    var reach = Reach.of(address);
    if (reach == Reach.NEVER) {
      throw CallException.refused(
          site.host() + " is an address of this link or of nobody, which is never asked");
    }
    if (!reach.isNoNearerThan(nearest)) {
      throw CallException.refused(
          "%s leads into a network that the registry itself is not in (%s)"
              .formatted(site.host(), reach == Reach.LOOPBACK ? "this machine" : "a private one"));
    }
  }
}
