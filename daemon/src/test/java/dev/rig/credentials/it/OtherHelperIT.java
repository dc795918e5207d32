package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.SharedClient;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An entry of a third-party helper: docker-credential-pass, with GnuPG and pass. */
@Tag("clients")
class OtherHelperIT {
  private static final String NOT_FOUND = "credentials not found in native keychain\n";

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private Path home;
  private DaemonUnderTest daemon;

  @BeforeEach
  void daemonWithAKeychain() throws IOException {
    Tool.CREDENTIAL_PASS.path();
    home = Files.createDirectory(folder.resolve("home"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    reaper.<AutoCloseable>own(() -> keychain(Tool.GPGCONF.path(), "--kill", "gpg-agent"));
    keychain(
            Tool.GPG.path(),
            "--batch",
            "--pinentry-mode=loopback",
            "--passphrase",
            "",
            "--quick-generate-key",
            "t@example.com",
            "default",
            "default",
            "never")
        .succeeded();
    keychain(Tool.PASS.path(), "init", "t@example.com").succeeded();
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .with("HOME", home)
            .with("GNUPGHOME", home)
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    ghcr.io/acme: {helper: pass, default: true}
                    "*.example.org": {helper: pass}
                    index.docker.io: {helper: pass}
                """);
  }

  private ProgramResult keychain(Object... words) {
    return Command.of(words).with("HOME", home).with("GNUPGHOME", home).run();
  }

  private ProgramResult client(String action, String payload) {
    return daemon.client().ask(action, payload);
  }

  @Test
  void loginIsPassedOnServedAndErasedAgain() {
    var _ = daemon.start();
    assertEquals(NOT_FOUND, client("get", "ghcr.io").stdout());
    var stored = client("store", SharedClient.login("ghcr.io", "me", "from-pass"));
    assertEquals(0, stored.status(), stored::toString);
    assertTrue(stored.stderr().contains("docker-credential-pass"), stored::toString);
    assertEquals(
        "{\"ServerURL\":\"ghcr.io\",\"Username\":\"me\",\"Secret\":\"from-pass\"}\n",
        client("get", "ghcr.io").stdout());
    var listed = keychain(Tool.CREDENTIAL_PASS.path(), "list");
    assertEquals("{\"ghcr.io\":\"me\"}", listed.stdout().strip());
    assertEquals(0, client("erase", "ghcr.io").status());
    assertEquals(NOT_FOUND, client("get", "ghcr.io").stdout());
  }

  @Test
  void globIsRequestedForEachHostAndForDockerHubByDockersKey() {
    var servers = List.of("a.example.org", "https://index.docker.io/v1/");
    for (var server : servers) {
      Command.of(Tool.CREDENTIAL_PASS.path(), "store")
          .with("HOME", home)
          .with("GNUPGHOME", home)
          .reading(SharedClient.login(server, "u", "s"))
          .run()
          .succeeded();
    }
    var _ = daemon.start();
    for (var server : servers) {
      var answer = client("get", server);
      assertTrue(answer.stdout().contains("\"Username\":\"u\""), answer::toString);
    }
    assertEquals(NOT_FOUND, client("get", "b.example.org").stdout());
  }

  /** The helper's error is shown, because it is a sentence. */
  @Test
  void failureOfTheHelperIsReportedWithItsReason() throws IOException {
    Files.delete(home.resolve(".password-store/.gpg-id"));
    var _ = daemon.start();
    var failed = client("store", SharedClient.login("ghcr.io", "me", "CANARY"));
    assertEquals(1, failed.status());
    assertFalse(failed.output().contains("CANARY"), failed::toString);
    assertFalse(failed.stdout().contains(NOT_FOUND.strip()), failed::toString);
    assertTrue(
        failed.stdout().contains("docker-credential-pass exited with status 1"), failed::toString);
  }
}
