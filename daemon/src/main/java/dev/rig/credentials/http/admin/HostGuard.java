package dev.rig.credentials.http.admin;

import java.util.Locale;

/**
 * Tells a request that means this machine from one of a web page whose name was made to lead here
 * (DNS rebinding): such a page's name stands in the header {@code Host}.
 */
final class HostGuard {
  private HostGuard() {}

  /** Whether a {@code Host} header names the loopback interface and nothing else. */
  static boolean isLoopback(String header) {
    var host = header.strip().toLowerCase(Locale.ROOT);
    int colon = host.lastIndexOf(':');
    if (colon > host.lastIndexOf(']')) {
      host = host.substring(0, colon);
    }
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");
  }
}
