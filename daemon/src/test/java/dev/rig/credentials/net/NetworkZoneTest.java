package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkZoneTest {
  /**
   * Returns the address as a resolver does: with four or sixteen bytes, while {@link
   * InetAddress#getByAddress(byte[])} converts one form to the other.
   */
  private static InetAddress raw(byte[] bytes) throws UnknownHostException {
    return bytes.length == 16
        ? Inet6Address.getByAddress("name.test", bytes, -1)
        : InetAddress.getByAddress(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "8.8.8.8, PUBLIC",
    "10.1.2.3, PRIVATE",
    "100.64.0.1, PRIVATE",
    "127.0.0.2, LOOPBACK",
    "169.254.169.254, NEVER",
    "0.1.2.3, NEVER",
    "255.255.255.255, NEVER",
    "2606:4700::1, PUBLIC",
    "fd00::1, PRIVATE",
    "fec0::1, PRIVATE",
    "::1, LOOPBACK",
    "::, NEVER",
    "fe80::1, NEVER",
    "ff02::1, NEVER",
    "100.100.100.199, PRIVATE",
    "100.100.100.200, NEVER",
    "192.0.0.192, NEVER",
    "168.63.129.16, NEVER",
    "fd00:ec2::254, NEVER",
    "fd20:ce::254, NEVER",
    "fd20:ce::253, PRIVATE"
  })
  void anAddressIsInAZone(String address, NetworkZone zone) {
    assertEquals(zone, NetworkZone.of(InetAddress.ofLiteral(address)));
  }

  @ParameterizedTest
  @CsvSource({
    "8.8.8.8, PUBLIC",
    "10.1.2.3, PRIVATE",
    "127.0.0.1, LOOPBACK",
    "169.254.169.254, NEVER",
    "100.100.100.200, NEVER",
    "224.0.0.1, NEVER",
    "0.0.0.0, NEVER"
  })
  void anIpv4AddressInsideAnIpv6AddressCounts(String inside, NetworkZone zone) throws Exception {
    byte[] four = InetAddress.ofLiteral(inside).getAddress();
    for (var prefix :
        new String[] {
          "00000000000000000000ffff", // mapped
          "000000000000000000000001", // not one
          "0000000000000000ffff0000", // translated
          "0064ff9b0000000000000000", // NAT64
          "0064ff9b0001abcdef000000", // NAT64 of a network
          "20010db80000000000005efe", // ISATAP
          "20010db80000000002005efe",
        }) {
      var address = raw(bytes(prefix, four, ""));
      assertEquals(
          prefix.endsWith("0001") ? NetworkZone.PUBLIC : zone, NetworkZone.of(address), prefix);
    }
    assertEquals(zone, NetworkZone.of(raw(bytes("2002", four, "00000000000000000001"))), "6to4");
    byte[] inverted = four.clone();
    for (int i = 0; i < 4; i++) {
      inverted[i] = (byte) ~inverted[i];
    }
    assertEquals(
        zone, NetworkZone.of(raw(bytes("200100000102030400000000", inverted, ""))), "Teredo");
  }

  private static byte[] bytes(String before, byte[] four, String behind) {
    var hex = java.util.HexFormat.of();
    return hex.parseHex(before + hex.formatHex(four) + behind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::169.254.169.254",
        "2002:a9fe:a9fe::1"
      })
  void aNameThatLeadsToTheMetadataServiceIsRefusedInEveryForm(String form) throws Exception {
    var literal = InetAddress.ofLiteral(form).getAddress();
    var address =
        literal.length == 16 ? raw(literal) : raw(bytes("00000000000000000000ffff", literal, ""));
    var origin = Origin.of("https", "metadata.test");
    assertThrows(HttpFailure.class, () -> NetworkZone.LOOPBACK.check(origin, address));
  }

  @Test
  void translatorOfAPrivateNetworkIsInThatNetworksZone() throws Exception {
    var unique = bytes("fd00ffff0000000000000000", new byte[] {8, 8, 8, 8}, "");
    assertEquals(NetworkZone.PRIVATE, NetworkZone.of(raw(unique)));
  }
}
