package dev.rig.credentials.app;

import dev.rig.credentials.config.EntrySource;
import java.util.Map;
import java.util.TreeMap;

/** The environment that scripts inherit: the daemon's own, without the daemon's settings. */
final class ScriptEnvironment {
  private ScriptEnvironment() {}

  /**
   * Returns the environment without the daemon's settings ({@code RIG_…}), variables that change
   * how a shell reads a script, and the sockets, the readiness protocol and the watchdog of
   * systemd: a script could use those in the daemon's name. {@code CREDENTIALS_DIRECTORY} stays,
   * because scripts of a service read their credentials there.
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
