package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.wire.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real {@code docker logout}, which erases up to four keys of one registry. */
class DockerLogoutIT {
  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void daemonWithTwoEntries() {
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    static.example.org: {username: bot, password: secret}
                    script.example.org: {script: "echo bot:secret"}
                """);
  }

  private ProgramResult logout(String host) {
    var config = PrivateFile.folder(folder.resolve("docker"));
    PrivateFile.write(config.resolve("config.json"), "{\"credsStore\": \"rig\"}");
    var docker = Command.of(Tool.DOCKER.path(), "--config", config, "logout", host);
    return daemon.client().usedBy(docker).run();
  }

  private static List<String> remarks(ProgramResult outcome) {
    return outcome.stderr().lines().filter(line -> line.contains(" is managed by ")).toList();
  }

  @Test
  void logoutOfAManagedEntryPrintsOneRemarkAndClaimsNoFetchOfAStaticOne() {
    daemon.start();
    var values = daemon.file("values.yaml");
    daemon.client().get("static.example.org").succeeded();
    daemon.client().get("script.example.org").succeeded();
    assertEquals(
        List.of("rig-credentials: static.example.org is managed by " + values + ":3 and stays"),
        remarks(logout("static.example.org").succeeded()));
    assertEquals(
        List.of(
            "rig-credentials: script.example.org is managed by "
                + values
                + ":4 and stays; its credential is fetched again"),
        remarks(logout("script.example.org").succeeded()));
  }

  /**
   * Docker prints no failure of its helper for a host; the wait shows that it called the helper.
   * For Docker Hub, which has no name there, it erases one key; Docker 28 can send a {@code get}
   * first.
   */
  @ParameterizedTest
  @ValueSource(strings = {"static.example.org", ""})
  void logoutWithoutADaemonEndsWithinSixSeconds(String host) {
    long began = System.nanoTime();
    logout(host).succeeded();
    var took = Duration.ofNanos(System.nanoTime() - began);
    assertTrue(took.toMillis() >= Wire.ERASE_CONNECT_MILLIS, took::toString);
    assertTrue(took.compareTo(Duration.ofSeconds(6)) < 0, took::toString);
  }
}
