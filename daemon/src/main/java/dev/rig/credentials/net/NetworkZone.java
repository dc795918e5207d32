package dev.rig.credentials.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The distance from which an address can be reached, the farthest first. An address that a registry
 * names (a token realm, a blob's location) must not be nearer to this machine than the registry
 * itself, so that no registry can make this daemon contact hosts that only this daemon can reach
 * (T4, T5).
 */
public enum NetworkZone {
  /** The public Internet. */
  PUBLIC,
  /** A private network: RFC 1918, RFC 6598, RFC 4193. */
  PRIVATE,
  /** This machine. */
  LOOPBACK,
  /**
   * Link-local, multicast and unspecified addresses; metadata services use such addresses. Never
   * contacted.
   */
  NEVER;

  /** Metadata services of Alibaba Cloud, Oracle Cloud, Azure (its wire server) and Google Cloud. */
  private static final Set<String> METADATA =
      Set.of("100.100.100.200", "192.0.0.192", "168.63.129.16", "fd20:ce:0:0:0:0:0:254");

  private static final int CARRIER_FIRST = 100;
  private static final int IPV4 = 4;
  private static final int IPV6 = 16;

  static NetworkZone of(InetAddress address) {
    if (address.isAnyLocalAddress()
        || isOfTheMachinesHost(address)
        || address.isMulticastAddress()) {
      return NEVER;
    }
    if (address.isLoopbackAddress()) {
      return LOOPBACK;
    }
    return address instanceof Inet6Address
        ? ofIpv6(address, address.getAddress())
        : ofIpv4(address, address.getAddress());
  }

  /** Returns whether this is the address of a cloud's metadata service, link-local or not. */
  private static boolean isOfTheMachinesHost(InetAddress address) {
    return address.isLinkLocalAddress()
        || startsWith(address.getAddress(), 0xfd, 0x00, 0x0e, 0xc2) // AWS, fd00:ec2::/32
        || METADATA.contains(address.getHostAddress());
  }

  private static NetworkZone ofIpv4(InetAddress address, byte[] bytes) {
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    if (first == 0 || first >= 240) {
      return NEVER;
    }
    if (first == 127) {
      return LOOPBACK;
    }
    boolean carrier = first == CARRIER_FIRST && (second & 0xc0) == 64;
    return address.isSiteLocalAddress() || carrier ? PRIVATE : PUBLIC;
  }

  private static NetworkZone ofIpv6(InetAddress address, byte[] bytes) {
    boolean uniqueLocal = (bytes[0] & 0xfe) == 0xfc;
    var own = address.isSiteLocalAddress() || uniqueLocal ? PRIVATE : PUBLIC;
    var inside = inside(bytes);
    if (inside == null) {
      return own;
    }
    var zone = of(inside);
    return zone.isNoNearerThan(own) ? own : zone;
  }

  /** Returns the IPv4 address that an IPv6 address contains (T22); null if it contains none. */
  private static @Nullable InetAddress inside(byte[] bytes) {
    if (startsWith(bytes, 0x20, 0x02)) { // 6to4, RFC 3056
      return ipv4(bytes, 2);
    }
    boolean mapped = startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff); // RFC 4291
    boolean compatible = startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); // RFC 4291
    boolean translated = startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0); // RFC 2765
    boolean nat64 = startsWith(bytes, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0); // RFC 6052
    boolean localNat64 = startsWith(bytes, 0, 0x64, 0xff, 0x9b, 0, 1); // RFC 8215
    boolean isatap =
        (bytes[8] & ~2) == 0
            && bytes[9] == 0
            && bytes[10] == 0x5e
            && bytes[11] == (byte) 0xfe; // RFC 5214
    if (mapped || compatible || translated || nat64 || localNat64 || isatap) {
      return ipv4(bytes, IPV6 - IPV4);
    }
    if (startsWith(bytes, 0x20, 0x01, 0, 0)) { // Teredo, RFC 4380: the client's address, inverted
      var inverted = bytes.clone();
      for (int i = IPV6 - IPV4; i < IPV6; i++) {
        inverted[i] = (byte) ~inverted[i];
      }
      return ipv4(inverted, IPV6 - IPV4);
    }
    return null;
  }

  private static boolean startsWith(byte[] bytes, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if ((bytes[i] & 0xff) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static InetAddress ipv4(byte[] bytes, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + IPV4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /**
   * Checks that a name resolves to no address nearer than this zone; {@link #NEVER} allows a
   * link-local address, for the metadata services of clouds.
   *
   * @throws HttpFailure if it does, or if the address is never contacted
   */
  public void check(Origin origin, InetAddress address) throws HttpFailure {
    if (this == NEVER && isOfTheMachinesHost(address)) {
      return; // a metadata service
    }
    var zone = of(address);
    if (zone == NEVER) {
      throw HttpFailure.refused(
          origin.host() + " is a link-local or unusable address, which is never contacted");
    }
    if (!zone.isNoNearerThan(this)) {
      throw HttpFailure.refused(
          "%s is in a network that the registry itself is not in (%s)"
              .formatted(origin.host(), zone == LOOPBACK ? "this machine" : "a private one"));
    }
  }

  /** Returns whether a response from the other zone may name an address in this one. */
  boolean isNoNearerThan(NetworkZone other) {
    return this != NEVER && compareTo(other) <= 0;
  }
}
