package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** T22: every address has a zone, which an IPv6 form of an IPv4 address cannot make farther. */
class NetworkZoneFuzz {
  /** IPv6 prefixes that an IPv4 address follows: mapped, compatible, translated, NAT64. */
  private static final List<String> EMBEDDING =
      List.of(
          "00000000000000000000ffff",
          "000000000000000000000000",
          "0000000000000000ffff0000",
          "0064ff9b0000000000000000",
          "0064ff9b0001000000000000",
          "20010db80000000000005efe");

  private static final Origin REGISTRY = new Origin("https", "registry.example.com", 443);

  @FuzzTest
  void addresses(byte[] bytes) throws UnknownHostException {
    if (bytes.length >= 16) {
      total(InetAddress.getByAddress(Arrays.copyOf(bytes, 16)));
    }
    if (bytes.length >= 4) {
      byte[] ipv4 = Arrays.copyOf(bytes, 4);
      var plain = total(InetAddress.getByAddress(ipv4));
      for (var prefix : EMBEDDING) {
        isAsNear(plain, joined(HexFormat.of().parseHex(prefix), ipv4, new byte[0]));
      }
      byte[] rest = Arrays.copyOfRange(bytes, 4, 14);
      isAsNear(plain, joined(new byte[] {0x20, 0x02}, ipv4, rest)); // 6to4
    }
  }

  /** Returns the zone, which alone decides whether a registry may name the address. */
  private static NetworkZone total(InetAddress address) {
    var zone = NetworkZone.of(address);
    for (var from :
        new NetworkZone[] {NetworkZone.PUBLIC, NetworkZone.PRIVATE, NetworkZone.LOOPBACK}) {
      assertEquals(zone.isNoNearerThan(from), allows(from, address), address::toString);
    }
    return zone;
  }

  private static boolean allows(NetworkZone from, InetAddress address) {
    try {
      from.check(REGISTRY, address);
      return true;
    } catch (HttpFailure refused) {
      return false;
    }
  }

  private static void isAsNear(NetworkZone plain, byte[] ipv6) throws UnknownHostException {
    var embedded = total(InetAddress.getByAddress(ipv6));
    assertTrue(embedded.compareTo(plain) >= 0, () -> HexFormat.of().formatHex(ipv6));
  }

  private static byte[] joined(byte[] prefix, byte[] ipv4, byte[] rest) {
    byte[] address = Arrays.copyOf(prefix, 16);
    System.arraycopy(ipv4, 0, address, prefix.length, ipv4.length);
    System.arraycopy(rest, 0, address, prefix.length + ipv4.length, rest.length);
    return address;
  }
}
