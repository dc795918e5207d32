package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docker-credential-rig userpass}: what a platform's script calls. */
class UserpassIT {
  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  private ProgramResult userpass(String key) {
    var client = daemon.client();
    var program = client.folder().resolve("docker-credential-rig");
    return client.usedBy(Command.of(program, "userpass", key)).run();
  }

  /** Includes C9: a key of Google's has several lines, and is complete for all other actions. */
  @Test
  void userpassPrintsTheLineThatAPlatformReads() {
    daemon.configured(
        "values.yaml",
        """
        rig:
          dockerRegistries:
            ghcr.io: {username: bot, password: of-the-host}
            ghcr.io/acme:
              script: |
                printf '%s\\n' 'robot:with:colons and \\n "quotes"'
            europe-docker.pkg.dev:
              username: _json_key
              password: |-
                {
                  "type": "service_account"
                }
        """);
    daemon.start();
    assertAll(
        () -> assertEquals(new ProgramResult(0, "bot:of-the-host\n", ""), userpass("ghcr.io")),
        () ->
            assertEquals(
                new ProgramResult(0, "robot:with:colons and \\n \"quotes\"\n", ""),
                userpass("ghcr.io/acme/app")),
        () ->
            assertEquals(
                new ProgramResult(
                    1,
                    "",
                    "rig-credentials: europe-docker.pkg.dev: one line of USERNAME:PASSWORD cannot"
                        + " carry this credential: the password contains a line break\n"),
                userpass("europe-docker.pkg.dev")),
        () -> assertEquals(0, daemon.client().get("europe-docker.pkg.dev").status()),
        () -> {
          var missing = userpass("quay.io");
          assertEquals(1, missing.status());
          assertEquals("", missing.stdout());
          assertTrue(missing.stderr().startsWith("rig-credentials: "), missing::toString);
        });
  }

  /** Without the rejection each of them would wait for its timeout, half a minute. */
  @Test
  void t27_scriptThatAsksItsOwnDaemonFailsImmediately() {
    var client = daemon.client();
    daemon.configured(
        "values.yaml",
        """
        rig:
          dockerRegistries:
            ghcr.io: {username: bot, password: s}
            "*.self.example":
              script: |
                export RIG_CREDENTIALS_SOCKET=%1$s
                helper=%2$s/docker-credential-rig
                "$helper" userpass "$RIG_REGISTRY" || setsid env -u RIG_RUN "$helper" userpass "$RIG_REGISTRY"
            "*.other.example":
              script: |
                printf ghcr.io | RIG_CREDENTIALS_SOCKET=%1$s %2$s/docker-credential-rig-x "$(printf get)" >&2; exit 1
        """
            .formatted(daemon.socket(), client.folder())
            .replace("\"$helper\" userpass", "\"$helper\" \"$(printf user)pass\""));
    daemon.start();
    assertEquals(0, client.askAs("x", "version", "").status());
    for (var key : new String[] {"a.self.example", "a.other.example"}) {
      long began = System.nanoTime();
      var result = userpass(key);
      var took = Duration.ofNanos(System.nanoTime() - began);
      assertEquals(1, result.status(), result::toString);
      assertTrue(took.compareTo(Duration.ofSeconds(10)) < 0, () -> "took " + took);
      assertTrue(
          result.stderr().contains("the request comes from a script that this daemon runs"),
          result::toString);
    }
    assertEquals(new ProgramResult(0, "bot:s\n", ""), userpass("ghcr.io"));
  }
}
