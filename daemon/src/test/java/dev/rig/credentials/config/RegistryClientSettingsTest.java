package dev.rig.credentials.config;

import static dev.rig.credentials.config.ConfigTexts.load;
import static dev.rig.credentials.config.ConfigTexts.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryClientSettingsTest {
  @TempDir private Path folder;

  @Test
  void hostsFilesAndRealmsAreRead() {
    var daemon =
        load(
                folder,
                """
                rig: {dockerRegistries: {}}
                daemon:
                  registryClient:
                    insecure: [Registry.Corp:5000]
                    caFiles: [/etc/ssl/corp.pem]
                    realms:
                      docker.io: [auth.corp.example]
                      registry.corp.example: ["login.corp.example:8443", "sso.corp.example"]
                """)
            .daemon();
    assertEquals(
        new RegistryClientSettings(
            Set.of("registry.corp:5000"),
            List.of(Path.of("/etc/ssl/corp.pem")),
            Map.of(
                "index.docker.io", Set.of("auth.corp.example"),
                "registry.corp.example", Set.of("login.corp.example:8443", "sso.corp.example"))),
        daemon.get(DaemonSettings.REGISTRY_CLIENT));
    var later = load(folder, "daemon: {registryClient: ''}").daemon();
    assertNull(later.get(DaemonSettings.REGISTRY_CLIENT));
    assertEquals(
        daemon.get(DaemonSettings.REGISTRY_CLIENT),
        daemon.overriddenBy(later).get(DaemonSettings.REGISTRY_CLIENT));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "{insecure: [corp.example/path]} => not only a host",
        "{insecure: ['*.corp.example']} => not only a host",
        "{insecure: corp.example} => insecure must be a list",
        "{insecure: ['corp example.org']} => not a host: character 5 is a space",
        "{caFiles: [corp.pem]} => not the absolute path of a file",
        "{realms: [a]} => realms must be a mapping",
        "{realms: {a.example: b.example}} => the token services of a registry must be a list",
        "{insecur: []} => unknown key"
      })
  void wrongSettingsAreReported(String settings, String problem) {
    var found = problems(folder, "daemon: {registryClient: " + settings + "}");
    assertEquals(1, found.size(), found::toString);
    assertEquals(true, found.getFirst().contains(problem), found::toString);
  }
}
