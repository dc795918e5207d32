package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainHttpPolicyTest {
  private final PlainHttpPolicy policy =
      new PlainHttpPolicy(Set.of("corp.example:5000"), Set.of("registry:5000", "dev")::contains);

  @ParameterizedTest
  @CsvSource({
    "registry:5000, true",
    "registry:5001, false",
    "registry, false",
    "dev, true",
    "dev:8080, false",
    "corp.example:5000, true",
    "localhost:30000, true",
    "ghcr.io, false"
  })
  void developmentRegistriesMayBeQueriedOverPlainHttp(String host, boolean allowed) {
    assertEquals(allowed, policy.allows(Origin.of("http", host)));
  }

  /** C34: no credential is sent over plain http to another machine. */
  @Test
  void c34_credentialGoesOverPlainHttpToLoopbackOnly() {
    var site = Origin.of("http", "registry:5000");
    assertFalse(policy.allowsCredential(site, NetworkZone.PRIVATE));
    assertFalse(policy.allowsCredential(site, NetworkZone.PUBLIC));
    assertTrue(policy.allowsCredential(site, NetworkZone.LOOPBACK));
    assertTrue(policy.allowsCredential(Origin.of("https", "registry:5000"), NetworkZone.PUBLIC));
    assertTrue(
        policy.allowsCredential(Origin.of("http", "corp.example:5000"), NetworkZone.PRIVATE),
        "registryClient.insecure says so");
  }
}
