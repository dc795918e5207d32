package dev.rig.credentials.dev;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * Where the development registry listens.
 *
 * @param address an address of this machine, as a literal
 * @param port from 1 to 65535
 * @param tls whether with TLS, required if other machines can reach it
 */
public record DevRegistryAddress(String address, int port, boolean tls) {
  /** The default address. */
  public static final String LOOPBACK = "127.0.0.1";

  /** The default port. */
  public static final int USUAL_PORT = 30_000;

  private static final int LAST_PORT = 65_535;

  /**
   * Validates the address.
   *
   * @throws DevException if it is invalid, or a credential would be sent to it in plain text
   */
  public DevRegistryAddress {
    if (port < 1 || port > LAST_PORT) {
      throw new DevException("the port must be from 1 to 65535");
    }
    var parsed = parse(address);
    if (parsed.isAnyLocalAddress()) {
      throw new DevException(
          "%s cannot be the host of images: pass the address that clients use".formatted(address));
    }
    if (!tls && !parsed.isLoopbackAddress()) {
      throw new DevException(
          "a credential is never sent over a network in plain text: without TLS the registry"
              + " listens on 127.0.0.1 only");
    }
    address = parsed.getHostAddress();
  }

  /** Returns whether only this machine can reach the address. */
  public static boolean isLoopback(String address) {
    return parse(address).isLoopbackAddress();
  }

  private static InetAddress parse(String address) {
    try {
      return InetAddress.ofLiteral(address);
    } catch (IllegalArgumentException e) {
      throw new DevException(
          "%s is not an address: pass one of this machine, for example 192.0.2.7"
              .formatted(address),
          e);
    }
  }

  InetAddress inet() {
    return parse(address);
  }

  /** Returns the host in its images' names. */
  public String host() {
    return address.equals(LOOPBACK) ? "localhost:" + port : listening();
  }

  /** Returns address and port in the form of a registry's configuration. */
  String listening() {
    return (inet() instanceof Inet6Address ? "[" + address + "]" : address) + ":" + port;
  }

  /** Returns the root of its API. */
  String api() {
    return (tls ? "https://" : "http://") + listening() + "/v2/";
  }
}
