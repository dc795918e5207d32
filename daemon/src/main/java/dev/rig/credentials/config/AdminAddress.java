package dev.rig.credentials.config;

/** The address of the admin port. */
public sealed interface AdminAddress {
  /** No admin port. */
  record Off() implements AdminAddress {
    @Override
    public String toString() {
      return "off";
    }
  }

  /**
   * A TCP address.
   *
   * @param host a name or an address, an IPv6 one without its brackets; never empty
   * @param port 0 to 65535; 0 lets the system choose
   */
  record Tcp(String host, int port) implements AdminAddress {
    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * Parses {@code host:port}, {@code [v6]:port} or {@code off}.
   *
   * @throws InvalidSettingException if the text is none of these
   */
  static AdminAddress parse(String text) throws InvalidSettingException {
    if (text.equals("off")) {
      return new Off();
    }
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw invalid("an admin address needs a port");
    }
    var host = text.substring(0, colon);
    var port = text.substring(colon + 1);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
      if (host.isEmpty() || !host.chars().allMatch(c -> isAscii(c, ":.%"))) {
        throw invalid("the host of the admin address is not an IPv6 address");
      }
    } else if (host.isEmpty() || !host.chars().allMatch(c -> isAscii(c, ".-_"))) {
      throw invalid("the host of the admin address is not a name or an address");
    }
    if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw invalid("the port of the admin address is not a number");
    }
    int number = Integer.parseInt(port);
    if (number > 65_535) {
      throw invalid("the port of the admin address is above 65535");
    }
    return new Tcp(host, number);
  }

  private static boolean isAscii(int c, String others) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || others.indexOf(c) >= 0;
  }

  private static InvalidSettingException invalid(String reason) {
    return new InvalidSettingException(
        reason, "write it like 127.0.0.1:9465, 0.0.0.0:9465 or [::1]:9465; \"off\" for none");
  }
}
