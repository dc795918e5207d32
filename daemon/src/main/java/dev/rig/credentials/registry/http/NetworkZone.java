package dev.rig.credentials.registry.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * From how far away an address can be reached, the farthest first. What a registry names (a token
 * realm, a blob's location) must not lie nearer to this machine than the registry itself, so that
 * no registry has this daemon ask what only this daemon can reach (T4, T5).
 */
public enum NetworkZone {
  /** The Internet. */
  PUBLIC,
  /** A private network: RFC 1918, RFC 6598, RFC 4193. */
  PRIVATE,
  /** This machine. */
  LOOPBACK,
  /** This link, everybody or nobody; metadata services answer on such addresses. Never asked. */
  NEVER;

  private static final int CARRIER_FIRST = 100;
  private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

  static NetworkZone of(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()) {
      return NEVER;
    }
    if (address.isLoopbackAddress()) {
      return LOOPBACK;
    }
    byte[] bytes = address.getAddress();
    if (address instanceof Inet6Address) {
      return ofSix(address, bytes);
    }
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

  private static NetworkZone ofSix(InetAddress address, byte[] bytes) {
    if (Arrays.equals(bytes, 0, NAT64.length, NAT64, 0, NAT64.length)) {
      return embedded(bytes);
    }
    boolean uniqueLocal = (bytes[0] & 0xfe) == 0xfc;
    return address.isSiteLocalAddress() || uniqueLocal ? PRIVATE : PUBLIC;
  }

  /** What a translated address (RFC 6052) leads to. */
  private static NetworkZone embedded(byte[] bytes) {
    try {
      return of(InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** Whether somebody out there may name this, who is reached himself by the other. */
  boolean isNoNearerThan(NetworkZone other) {
    return this != NEVER && compareTo(other) <= 0;
  }
}
