package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.ClientLoad;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F14 to F16 of {@code docs/reliability.md} on the built daemon: faults of its configuration. */
class ConfigurationFaultsIT {
  private static final String STATIC =
      """
      rig:
        dockerRegistries:
          example.org: {username: bot, password: from-the-file}
      """;
  private static final String ANSWER = NativeClient.answer("example.org", "bot", "from-the-file");
  private static final Pattern USERNAME = Pattern.compile("\"(generation-[0-9]+)\"");

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  @Test
  void f14_invalidReloadKeepsTheLastValidConfigurationAndReportsIt() {
    var running = daemon.configured("values.yaml", STATIC).start();
    ProgramResult refused;
    ProgramResult corrected;
    try (var asking = ClientLoad.of(2, daemon.client(), "example.org", ANSWER)) {
      PrivateFile.write(daemon.file("values.yaml"), STATIC.replace("username", "usernme"));
      Eventually.within(
          Duration.ofSeconds(5),
          () -> !daemon.isHealthy(),
          () -> "health says that the configuration was refused: " + running.stderr());
      refused = daemon.commandLine("status", "--output", "json");

      PrivateFile.write(daemon.file("values.yaml"), STATIC + "    quay.io: {script: 'echo a:b'}\n");
      Eventually.within(
          Duration.ofSeconds(5),
          () -> daemon.client().get("quay.io").status() == 0,
          () -> "the corrected one is applied: " + running.stderr());
      corrected = daemon.commandLine("status");
      asking.stop();
      assertTrue(asking.asked() > 0);
      assertEquals(List.of(), asking.wrong());
    }
    assertAll(
        () -> assertEquals(1, refused.status(), refused::toString),
        () -> assertTrue(refused.stdout().contains("values.yaml:3:"), refused::toString),
        () -> assertTrue(refused.stdout().contains("\"refused\" : 1"), refused::toString),
        () -> assertTrue(running.says("the new configuration is invalid"), running::stderr),
        () -> assertEquals(0, corrected.status(), corrected::toString));
  }

  /** As in a ConfigMap's mount: each file is a link through {@code ..data}, which is swapped. */
  @Test
  void f15_swappedDataLinkIsAppliedWithinTwoSecondsAndFilesAreNeverMixed() throws IOException {
    var mount = PrivateFile.folder(folder.resolve("mount"));
    generation(mount, 0);
    for (var name : new String[] {"a.yaml", "b.yaml"}) {
      Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
    }
    daemon.configuredFrom(mount).start();
    var slowest = Duration.ZERO;
    for (int next = 1; next <= 8; next++) {
      generation(mount, next);
      long began = System.nanoTime();
      var wanted = "generation-" + next;
      Eventually.within(
          Duration.ofSeconds(10), () -> list().contains(wanted), () -> wanted + " is served");
      var took = Duration.ofNanos(System.nanoTime() - began);
      slowest = slowest.compareTo(took) > 0 ? slowest : took;
    }
    var longest = slowest;
    assertTrue(longest.compareTo(Duration.ofSeconds(2)) <= 0, () -> "took " + longest);
  }

  /** Returns the entries of both files in one answer, which must be of one generation. */
  private String list() {
    var answer = daemon.client().ask("list", "unused").succeeded().stdout();
    var generations =
        USERNAME
            .matcher(answer)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toList());
    assertEquals(2, generations.size(), answer);
    assertEquals(1, new HashSet<>(generations).size(), answer);
    return answer;
  }

  private static void generation(Path mount, int number) throws IOException {
    var data = mount.resolve("..generation_" + number);
    for (var name : new String[] {"a", "b"}) {
      PrivateFile.write(
          data.resolve(name + ".yaml"),
          """
          rig:
            dockerRegistries:
              %s.org: {username: generation-%d, password: secret}
          """
              .formatted(name, number));
    }
    var link = mount.resolve("..data_tmp");
    Files.createSymbolicLink(link, data.getFileName());
    Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void f16_deletedConfigurationKeepsTheLastValidOneAndAFreshStartExits78() throws IOException {
    var running = daemon.configured("values.yaml", STATIC).start();
    Files.delete(daemon.file("values.yaml"));
    Eventually.within(
        Duration.ofSeconds(5),
        () -> !daemon.isHealthy(),
        () -> "health says so: " + running.stderr());
    assertEquals(1, daemon.commandLine("status").status());
    assertEquals(new ProgramResult(0, ANSWER, ""), daemon.client().get("example.org"));

    DaemonUnderTest.stop(running);
    var fresh = daemon.launch().finish(Duration.ofSeconds(20));
    assertEquals(78, fresh.status(), fresh::toString);
  }
}
