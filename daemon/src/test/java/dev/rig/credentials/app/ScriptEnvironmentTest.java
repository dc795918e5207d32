package dev.rig.credentials.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScriptEnvironmentTest {
  @Test
  void scriptsInheritEverythingExceptTheDaemonsOwnSettings() {
    var own =
        Map.of(
            "PATH", "/usr/bin",
            "AWS_PROFILE", "prod",
            "RIGHT", "kept",
            "LISTENER", "kept",
            "CREDENTIALS_DIRECTORY", "/run/credentials/rig");
    var whole = new TreeMap<>(own);
    for (var name :
        new String[] {
          "RIG_CREDENTIALS_SOCKET",
          "RIG_CREDENTIALS_AOT",
          "LISTEN_FDS",
          "LISTEN_PID",
          "LISTEN_FDNAMES",
          "NOTIFY_SOCKET",
          "WATCHDOG_PID",
          "WATCHDOG_USEC"
        }) {
      whole.put(name, "x");
    }
    assertEquals(own, ScriptEnvironment.of(whole));
  }
}
