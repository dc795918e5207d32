package dev.rig.credentials.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryPrefixTest {
  @ParameterizedTest
  @CsvSource({
    "docker.io, index.docker.io",
    "https://index.docker.io/v1/, index.docker.io",
    "docker.io/rigdev, index.docker.io/rigdev",
    "https://GHCR.io/acme/, ghcr.io/acme",
    "registry:5000, registry:5000",
    "localhost, localhost",
    "https://nas, nas",
    "https://nas/team/, nas/team",
    "NAS/team, nas/team",
    "https://quay.io/v1/, quay.io",
    "quay.io/v2/, quay.io",
    "quay.io/v2, quay.io/v2",
    "https://Quay.io/V2/, quay.io",
    "quay.io/V1, quay.io",
    "docker.io/V2, index.docker.io",
    "quay.io/V2/app, quay.io/V2/app",
    "https://index.docker.io/v2/, index.docker.io",
    "https://index.docker.io/v1//access-token, index.docker.io/v1/access-token",
    "*.dkr.ecr.*.amazonaws.com, *.dkr.ecr.*.amazonaws.com",
  })
  void keysAreNormalised(String key, String normal) throws InvalidReferenceException {
    assertEquals(normal, RegistryPrefix.parse(key).toString());
  }

  /** C2: {@code https://nas} in a configuration is {@code nas} everywhere else. */
  @Test
  void normalFormIsReadBack() throws InvalidReferenceException {
    for (var key :
        new String[] {"https://nas", "https://nas/team", "*.example.com/a", "docker.io"}) {
      var prefix = RegistryPrefix.parse(key);
      assertEquals(prefix, RegistryPrefix.ofHost(prefix.toString()));
    }
  }

  @Test
  void aStarInTheHostIsAGlob() throws InvalidReferenceException {
    assertTrue(RegistryPrefix.parse("*.example.com/a").isGlob());
    assertFalse(RegistryPrefix.parse("www.example.com/a").isGlob());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nginx",
        "rigdev/app",
        "*",
        "*.*",
        "ghcr.io/*",
        "ghcr.io/a:1",
        "ghcr.io/a@sha256:x",
        "ghcr.io//",
        "/a",
        "ghcr.io/a b",
        "https://"
      })
  void anythingElseIsRefused(String key) {
    assertThrows(InvalidReferenceException.class, () -> RegistryPrefix.parse(key));
  }
}
