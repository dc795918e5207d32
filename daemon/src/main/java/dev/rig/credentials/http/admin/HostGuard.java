package dev.rig.credentials.http.admin;

import java.util.Locale;

/**
 * Distinguishes requests for this machine from those of a web page whose name resolves to this
 * machine (DNS rebinding): the {@code Host} header then contains that name.
 */
final class HostGuard {
  private HostGuard() {}

  /** Returns whether a {@code Host} header names only the loopback interface. */
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
