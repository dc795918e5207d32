package dev.rig.credentials.app;

import dev.rig.credentials.config.EntrySource;
import java.util.Map;
import java.util.TreeMap;

/** What scripts inherit: this daemon's own environment, without what is meant for it alone. */
final class ScriptEnvironment {
  private ScriptEnvironment() {}

  /**
   * Without this daemon's settings ({@code RIG_…}), what would change how a shell reads a script,
   * and the sockets, the readiness protocol and the watchdog of systemd: a script that spoke to
   * those would speak in the daemon's name. The folder of systemd's credentials stays, for that is
   * where a service's scripts have theirs.
   */
  static Map<String, String> of(Map<String, String> own) {
    var inherited = new TreeMap<>(own);
    inherited.keySet().removeIf(ScriptEnvironment::isOurs);
    return inherited;
  }

  private static boolean isOurs(String name) {
    return EntrySource.Script.isReserved(name)
        || name.startsWith("LISTEN_")
        || name.startsWith("WATCHDOG_")
        || name.equals("NOTIFY_SOCKET");
  }
}
