package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.ClientLoad;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** F33 and F35 of {@code docs/reliability.md} on the built daemon: it ends and is restarted. */
@Isolated("limits of seconds after a kill")
class RestartFaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  @Test
  void f33_twentyRestartsUnderLoadFailNoGet() {
    var counter = new RunCounter(folder.resolve("runs"));
    daemon.configured(
        "values.yaml",
        """
        rig:
          dockerRegistries:
            example.org: {script: "%s; echo bot:leased", expire: 1h}
        """
            .formatted(counter.shell()));
    var answer = NativeClient.answer("example.org", "bot", "leased");
    var running = daemon.start();
    daemon.client().get("example.org").succeeded();
    try (var asking = ClientLoad.of(4, daemon.client(), "example.org", answer)) {
      for (int restart = 1; restart <= 20; restart++) {
        DaemonUnderTest.stop(running);
        running = daemon.launch();
        int asked = asking.asked();
        Eventually.within(PATIENCE, () -> asking.asked() >= asked + 8, running::stderr);
      }
      asking.stop();
      assertEquals(List.of(), asking.wrong());
      assertTrue(asking.asked() > 160, () -> asking.asked() + " gets");
    }
    assertEquals(1, counter.runs(), "the lease outlives each restart");
  }

  /** A shell loop replaces the supervisor, such as systemd or the kubelet. */
  @Test
  void f35_outOfMemoryExitsWithoutADumpAndIsBackWithinFiveSeconds() {
    var statuses = folder.resolve("statuses");
    daemon
        .configured(
            "values.yaml",
            """
            rig:
              dockerRegistries:
                example.org: {username: bot, password: from-the-file}
            """)
        .startedBy(
            "sh",
            "-c",
            """
            cd "${0%/*}"
            trap 'kill $daemon; exit 0' TERM
            while :; do "$@" & daemon=$!; wait $daemon; echo $? >> "$0"; done
            """,
            statuses)
        .with("JDK_JAVA_OPTIONS", "-Xmx16m");
    var running = daemon.start();
    for (int i = 0; i < 250; i++) { // each as large as a request may be, and incomplete
      if (Files.exists(statuses)) {
        break;
      }
      try {
        reaper.own(RawClient.connect(daemon.socket())).send("get\n" + "x".repeat(250_000));
      } catch (UncheckedIOException gone) {
        break; // the daemon has ended
      }
    }
    Eventually.within(PATIENCE, () -> Files.exists(statuses), running::stderr);
    long began = System.nanoTime();
    Eventually.within(Duration.ofSeconds(5), daemon::answers, running::stderr);

    var took = Duration.ofNanos(System.nanoTime() - began);
    var outcome = daemon.client().get("example.org");
    assertAll(
        () ->
            assertEquals(
                new ProgramResult(
                    0, NativeClient.answer("example.org", "bot", "from-the-file"), ""),
                outcome),
        () -> assertNotEquals("0", Files.readString(statuses).strip()),
        () ->
            assertFalse(
                unrestarted()
                    .contains(Files.readString(statuses).lines().findFirst().orElseThrow()),
                "systemd restarts a daemon that ends with this status"),
        () -> assertEquals(List.of(), dumps()),
        () -> assertTrue(took.compareTo(Duration.ofSeconds(5)) <= 0, () -> "took " + took));
  }

  /** Returns the exit statuses after which the shipped unit is not restarted. */
  private static List<String> unrestarted() throws IOException {
    var unit = Path.of(System.getProperty("basedir"), "../systemd/rig-credentials.service");
    return Files.readAllLines(unit).stream()
        .filter(line -> line.startsWith("RestartPreventExitStatus="))
        .flatMap(line -> Stream.of(line.split("[= ]", -1)).skip(1))
        .toList();
  }

  private List<Path> dumps() {
    try (var files = Files.walk(folder)) {
      return files
          .filter(file -> {
            var name = file.getFileName().toString();
            return name.endsWith(".hprof") || name.startsWith("hs_err") || name.startsWith("core");
          })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
