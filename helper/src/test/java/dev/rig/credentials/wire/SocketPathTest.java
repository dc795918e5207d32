package dev.rig.credentials.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SocketPathTest {
  private static final String OWN = "/run/user/7/rig-credentials/credentials.sock";
  private static final Map<String, String> SESSION = Map.of("XDG_RUNTIME_DIR", "/run/user/7");

  @Test
  void theVariableHasPrecedenceEvenIfNothingIsThere() {
    Map<String, String> named =
        Map.of("RIG_CREDENTIALS_SOCKET", "/x.sock", "XDG_RUNTIME_DIR", "/run/user/7");
    assertEquals("/x.sock", SocketPath.ofClient(named::get, path -> path.equals(OWN)));
    assertEquals("/x.sock", SocketPath.ofDaemon(named::get, path -> false, false));
  }

  @Test
  void emptyVariablesCountAsNotSet() {
    Map<String, String> empty = Map.of("RIG_CREDENTIALS_SOCKET", "", "XDG_RUNTIME_DIR", "");
    assertEquals(SocketPath.MACHINE, SocketPath.ofClient(empty::get, path -> true));
    assertEquals(SocketPath.MACHINE, SocketPath.ofDaemon(empty::get, path -> true, false));
  }

  @Test
  void aClientUsesTheUsersSocketIfItExists() {
    assertEquals(OWN, SocketPath.ofClient(SESSION::get, OWN::equals));
    assertEquals(SocketPath.MACHINE, SocketPath.ofClient(SESSION::get, path -> false));
  }

  /** F41: a restart removes the socket for a moment, but never the lock file. */
  @Test
  void f41_aClientKeepsToTheUsersDaemonWhileItRestarts() {
    assertEquals(OWN, SocketPath.ofClient(SESSION::get, (OWN + ".lock")::equals));
    assertEquals(OWN, SocketPath.ofDaemon(SESSION::get, (OWN + ".lock")::equals, true));
  }

  @Test
  void theUsersOwnSocketIsNeitherTheConfiguredOneNorTheMachines() {
    assertTrue(SocketPath.isUsersOwn(OWN, SESSION::get));
    assertFalse(SocketPath.isUsersOwn(SocketPath.MACHINE, SESSION::get));
    assertFalse(SocketPath.isUsersOwn(OWN, Map.of("RIG_CREDENTIALS_SOCKET", OWN)::get));
  }

  @Test
  void aDaemonCreatesTheUsersSocketUnlessItIsRoot() {
    assertEquals(OWN, SocketPath.ofDaemon(SESSION::get, path -> false, false));
    assertEquals(SocketPath.MACHINE, SocketPath.ofDaemon(SESSION::get, path -> false, true));
    assertEquals(OWN, SocketPath.ofDaemon(SESSION::get, OWN::equals, true));
  }
}
