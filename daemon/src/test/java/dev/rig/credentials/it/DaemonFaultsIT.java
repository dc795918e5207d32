package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults of {@code docs/reliability.md} that need whole processes: the built daemon and the built
 * client.
 */
class DaemonFaultsIT {
  private static final String NOT_FOUND = "credentials not found in native keychain\n";

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  @Test
  void f32_terminationWhileAScriptRunsLeavesNoProcess() {
    var pids = folder.resolve("pids");
    var running =
        daemon
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    example.org:
                      script: |
                        trap '' TERM
                        sleep 300 & child=$!
                        setsid sleep 300 & session=$!
                        orphan=$(setsid sleep 300 > /dev/null 2>&1 & echo $!)
                        echo $$ $child $session $orphan > '%s.part'
                        mv '%s.part' '%s'
                        while :; do sleep 1; done
                """
                    .formatted(pids, pids, pids))
            .start();
    var asking = reaper.own(daemon.client().command("get").reading("example.org").start());
    Eventually.within(
        Duration.ofSeconds(20),
        () -> Files.exists(pids),
        () -> "the script runs: " + running.stderr());
    var script = numbers(pids);
    reaper.<AutoCloseable>own(() -> script.forEach(DaemonFaultsIT::kill));
    assertEquals(4, script.size(), script::toString);
    assertTrue(script.stream().allMatch(ProcFiles::runs), script::toString);

    DaemonUnderTest.stop(running); // exit status 0 within 8 s

    Eventually.within(
        Duration.ofSeconds(1),
        () -> script.stream().noneMatch(ProcFiles::runs),
        () -> "no survivor of " + script.stream().filter(ProcFiles::runs).toList());
    assertAll(
        () -> assertFalse(Files.exists(daemon.socket(), LinkOption.NOFOLLOW_LINKS)),
        () -> assertEquals(1, asking.finish(Duration.ofSeconds(50)).status()));
  }

  @Test
  void missingDaemonIsOneLineWithTheSocketAndTheNextStep() {
    var outcome = daemon.client().get("example.org");
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertEquals(1, outcome.stdout().lines().count(), outcome::toString),
        () -> assertTrue(outcome.stdout().contains(daemon.socket().toString()), outcome::toString),
        () -> assertTrue(outcome.stdout().contains("rig-credentials serve"), outcome::toString));
  }

  @Test
  void missingDaemonIsNotFoundWhereCredentialsAreOptional() {
    var outcome =
        daemon
            .client()
            .command("get")
            .with("RIG_CREDENTIALS_OPTIONAL", "1")
            .reading("example.org")
            .run();
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertEquals(NOT_FOUND, outcome.stdout()));
  }

  @Test
  void invalidConfigurationEndsWithStatus78AndAllPositionsWithoutValues() {
    var canary = new Canary("v4lue-nobody-may-see");
    var outcome =
        daemon
            .configured(
                "bad.yaml",
                """
                rig:
                  dockerRegistries:
                    ghcr.io/acme:
                      usernme: bot
                      password: v4lue-nobody-may-see
                    quay.io:
                      script: echo a:v4lue-nobody-may-see
                      expire: v4lue-nobody-may-see
                """)
            .launch()
            .finish(Duration.ofSeconds(20));
    assertAll(
        () -> assertEquals(78, outcome.status(), outcome::toString),
        () -> assertTrue(outcome.stderr().contains("bad.yaml:4:7: "), outcome::toString),
        () -> assertTrue(outcome.stderr().contains("username"), outcome::toString),
        () -> assertTrue(outcome.stderr().contains("bad.yaml:8:"), outcome::toString),
        () -> assertEquals("", outcome.stdout()),
        () -> assertEquals(List.of(), canary.foundIn(outcome.output())));
  }

  /** T11: at the most detailed log level of serve. */
  @Test
  void t11_noSecretIsInTheLogOrInAnyArgument() {
    var canaries =
        List.of(
            new Canary("st4tic+c4nary/of=the file"),
            new Canary("scr1pt+c4nary/of=the run"),
            new Canary("f41led+c4nary/of=the run"),
            new Canary("malf0rmed+c4nary/without colon"),
            new Canary("st0red+c4nary/of=a person"),
            new Canary("env+c4nary/of=the entry"));
    var running =
        daemon
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    static.example.org: {username: bot, password: "st4tic+c4nary/of=the file"}
                    script.example.org:
                      script: sleep 1; echo "bot:scr1pt+c4nary/of=the run"
                    failed.example.org:
                      script: echo "bot:f41led+c4nary/of=the run"; echo "no luck" >&2; exit 3
                    malformed.example.org:
                      script: echo "malf0rmed+c4nary/without colon"
                    env.example.org:
                      env: {TOKEN: "env+c4nary/of=the entry"}
                      script: echo "bot:$TOKEN"
                """)
            .start();
    var client = daemon.client();
    var pending = reaper.own(client.command("get").reading("script.example.org").start());
    var arguments = new StringBuilder();
    while (pending.isAlive()) {
      running.pids().map(ProcFiles::arguments).forEach(arguments::append);
    }
    assertEquals(0, pending.finish(Duration.ofSeconds(5)).status());
    for (var host : List.of("static", "failed", "malformed", "env", "unknown")) {
      client.get(host + ".example.org");
      daemon.commandLine("explain", host + ".example.org/app");
    }
    var login = NativeClient.answer("static.example.org", "person", "st0red+c4nary/of=a person");
    client.ask("store", login);
    client.ask("store", login.substring(0, login.length() - 3));
    client.ask("erase", "static.example.org");
    client.ask("list", "unused");
    var stopped = DaemonUnderTest.stop(running);

    assertFalse(arguments.isEmpty());
    assertTrue(stopped.stderr().contains("no luck"), stopped::stderr);
    for (var canary : canaries) {
      assertEquals(List.of(), canary.foundIn(stopped.output()), stopped::stderr);
      assertEquals(List.of(), canary.foundIn(arguments.toString()));
    }
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  private static List<Long> numbers(Path file) {
    try {
      return List.of(Files.readString(file).strip().split("\\s+")).stream()
          .map(Long::valueOf)
          .distinct()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
