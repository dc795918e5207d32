package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Stopwatch;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Processes;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * F1 to F9 of {@code docs/reliability.md} on the built daemon: faults of scripts.
 *
 * <p>The scripts belong to globs, so that nothing runs before a request, and every requested host
 * is a run of its own.
 */
@Isolated("limits of a second, and 10,000 processes")
class ScriptFaultsIT {
  private static final String STATIC = NativeClient.answer("fixed.org", "bot", "from-the-file");

  /** Concurrent clients in F9: enough that one read of the processes serves several runs. */
  private static final int CLIENTS = 32;

  /** Ends the runs by which the daemon retries after a failure. */
  private static final String ONCE =
      "seen='$SEEN/'$RIG_REGISTRY; [ ! -e \"$seen\" ] || exit 1; : > \"$seen\"";

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  /** Starts a daemon whose hosts below {@code example.org} have this script. */
  private Running start(String timeout, String script) {
    var seen = PrivateFile.folder(folder.resolve("seen"));
    return daemon
        .configured(
            "values.yaml",
            """
            rig:
              dockerRegistries:
                fixed.org: {username: bot, password: from-the-file}
                "*.example.org":
                  timeout: %s
                  script: |
            %s
            """
                .formatted(
                    timeout,
                    script.replace("$ONCE", ONCE).replace("$SEEN", seen.toString()).indent(10)))
        .start();
  }

  private static void noneLeft(Duration limit, String mark) {
    Eventually.within(
        limit,
        () -> Processes.with(mark).isEmpty(),
        () -> "no survivor of " + Processes.with(mark));
  }

  private static void atMost(Duration limit, Duration took) {
    assertTrue(took.compareTo(limit) <= 0, () -> "took " + took);
  }

  @Test
  void f01_hangingScriptFailsAtItsTimeoutAndItsSessionIsGone() {
    var mark = Processes.longSleep();
    start(
        "2s",
        """
        $ONCE
        trap '' TERM
        sleep %s & sleep %s & (trap '' TERM; sleep %s; sleep %s) &
        while :; do sleep %s; done
        """
            .replace("%s", mark));
    long began = System.nanoTime();
    var asking = reaper.own(daemon.client().command("get").reading("a.example.org").start());
    while (asking.isAlive()) {
      assertEquals(new ProgramResult(0, STATIC, ""), daemon.client().get("fixed.org"));
    }
    var took = Duration.ofNanos(System.nanoTime() - began);
    var outcome = asking.finish(Duration.ofSeconds(5));

    noneLeft(Duration.ofSeconds(3), mark);
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertTrue(outcome.stdout().contains("stopped after 2 s"), outcome::toString),
        () -> assertTrue(took.compareTo(Duration.ofSeconds(2)) >= 0, () -> "took " + took),
        // The timeout plus a slow machine's delay, without the two seconds of grace.
        () -> atMost(Duration.ofMillis(3_500), took));
  }

  @Test
  void f02_floodOfStdoutIsStoppedAt64KibWithinASecond() {
    var mark = "flood-" + Processes.longSleep();
    start("30s", "$ONCE\nexec sh -c 'while :; do echo " + mark + "; done'");
    var fastest =
        Stopwatch.fastest(
            3,
            i -> {
              var outcome = daemon.client().get("h" + i + ".example.org");
              assertEquals(1, outcome.status(), outcome::toString);
              assertTrue(outcome.stdout().contains("64 KiB"), outcome::toString);
              assertFalse(outcome.output().contains(mark), outcome::toString);
            });
    noneLeft(Duration.ofSeconds(3), mark);
    atMost(Duration.ofSeconds(1), fastest);
  }

  @Test
  void f03_floodOfStderrIsDrainedAndItsLastLinesAreLogged() {
    var running =
        start(
            "30s",
            """
            head -c 8000000 /dev/zero | tr '\\0' x | fold -w 79 >&2
            echo the very last line >&2
            echo bot:after-the-flood
            """);
    var outcome = daemon.client().get("a.example.org");
    assertEquals(
        new ProgramResult(0, NativeClient.answer("a.example.org", "bot", "after-the-flood"), ""),
        outcome);
    Eventually.within(
        Duration.ofSeconds(2),
        () -> running.stderr().contains("the very last line"),
        running::stderr);
    assertTrue(running.stderr().length() < 100_000, () -> "logged " + running.stderr().length());
  }

  @Test
  void f04_grandchildThatKeepsThePipeDelaysNothingAndIsEnded() {
    var mark = Processes.longSleep();
    start("30s", "sleep %s &\necho bot:early".formatted(mark));
    var fastest =
        Stopwatch.fastest(
            3,
            i -> {
              var host = "h" + i + ".example.org";
              assertEquals(
                  NativeClient.answer(host, "bot", "early"),
                  daemon.client().get(host).succeeded().stdout());
            });
    noneLeft(Duration.ofSeconds(5), mark);
    atMost(Duration.ofSeconds(1), fastest);
  }

  @Test
  void f05_doubleForkWithSetsidDoesNotSurvive() {
    var mark = Processes.longSleep();
    start(
        "30s",
        """
        (setsid sh -c 'trap "" TERM HUP; (sleep %s &) ; sleep %s' > /dev/null 2>&1 < /dev/null &)
        setsid setsid sleep %s > /dev/null 2>&1 &
        echo bot:forked
        """
            .replace("%s", mark));
    daemon.client().get("a.example.org").succeeded();
    noneLeft(Duration.ofSeconds(5), mark);
  }

  @Test
  void f06_malformedOutputIsRefusedLoggedAndNotCached() {
    var reasons =
        Map.of(
            "two", "2 lines",
            "none", "nothing",
            "blank", "an empty line",
            "colonless", "a line without a colon",
            "nameless", "an empty username",
            "wordless", "an empty password");
    var running =
        start(
            "30s",
            """
            seen='%s/'$RIG_REGISTRY
            if [ -e "$seen" ]; then echo bot:well-formed; exit; fi
            : > "$seen"
            case $RIG_REGISTRY in
            two.*) printf 'a:m4lformed\\nb:m4lformed\\n' ;;
            none.*) ;;
            blank.*) echo ;;
            colonless.*) echo m4lformed ;;
            nameless.*) echo :m4lformed ;;
            wordless.*) echo m4lformed: ;;
            esac
            """
                .formatted(folder));
    reasons.forEach((name, reason) -> {
      var host = name + ".example.org";
      var refused = daemon.client().get(host);
      assertEquals(1, refused.status(), refused::toString);
      assertTrue(refused.stdout().contains(reason), refused::toString);
      assertFalse(refused.output().contains("m4lformed"), refused::toString);
      Eventually.within(
          Duration.ofSeconds(10),
          () ->
              running
                  .stderr()
                  .lines()
                  .anyMatch(line -> line.contains(reason) && line.contains("example.org")),
          running::stderr);
      // After the pause of the failure, at most 1 s, the script runs again.
      Eventually.within(
          Duration.ofSeconds(10),
          () ->
              daemon
                  .client()
                  .get(host)
                  .equals(
                      new ProgramResult(0, NativeClient.answer(host, "bot", "well-formed"), "")),
          () -> host + " recovers");
    });
    assertFalse(running.stderr().contains("m4lformed"), running::stderr);
  }

  @Test
  void f07_nulAndBrokenUtf8AreRefusedAndNeverEchoed() {
    var running =
        start(
            "30s",
            """
            case $RIG_REGISTRY in
            nul.*) printf 'bot:n4ver\\000echoed\\n' ;;
            *) printf 'bot:n4ver\\377echoed\\n' ;;
            esac
            """);
    var nul = daemon.client().get("nul.example.org");
    var broken = daemon.client().get("broken.example.org");
    var log = DaemonUnderTest.stop(running).output();
    assertAll(
        () -> assertEquals(1, nul.status(), nul::toString),
        () -> assertTrue(nul.stdout().contains("a NUL byte"), nul::toString),
        () -> assertEquals(1, broken.status(), broken::toString),
        () -> assertTrue(broken.stdout().contains("not UTF-8"), broken::toString),
        () -> assertTrue(log.contains("a NUL byte") && log.contains("not UTF-8"), log),
        () -> assertFalse((nul.output() + broken.output() + log).contains("n4ver")),
        () -> assertFalse((nul.output() + broken.output() + log).contains("echoed")));
  }

  @Test
  void f08_validLineOfAFailingScriptIsDiscarded() {
    var running = start("30s", "echo bot:d1scarded\necho no luck >&2\nexit 3");
    var outcome = daemon.client().get("a.example.org");
    var again = daemon.client().get("a.example.org");
    var log = DaemonUnderTest.stop(running).output();
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertEquals(1, again.status(), again::toString),
        () -> assertTrue(outcome.stdout().contains("status 3"), outcome::toString),
        () -> assertTrue(outcome.stdout().contains("no luck"), outcome::toString),
        () -> assertFalse((outcome.output() + again.output() + log).contains("d1scarded")));
  }

  @Test
  void f09_tenThousandRunsLeaveNoZombiesAndNoDescriptors() throws InterruptedException {
    var counter = new RunCounter(folder.resolve("runs"));
    var running = start("30s", counter.shell() + "\necho bot:$RIG_REGISTRY");
    run(0, 200);
    int before = ProcFiles.descriptors(running.pid());

    run(200, 10_000);

    Eventually.within(
        Duration.ofSeconds(5),
        () -> ProcFiles.zombiesOf(running.pid()) == 0,
        () -> ProcFiles.zombiesOf(running.pid()) + " zombies");
    assertEquals(10_000, counter.runs());
    Eventually.within(
        Duration.ofSeconds(5),
        () -> ProcFiles.descriptors(running.pid()) <= before + 3, // the archive's
        () -> before + " descriptors became " + ProcFiles.descriptors(running.pid()));
  }

  /** C6: the idiom in the platform's documentation, with characters that echo could change. */
  @Test
  void passwordsOfScriptsArriveCharacterForCharacter() {
    start(
        "30s",
        """
        USERNAME=bot
        case $RIG_REGISTRY in
        back.*) PASSWORD='secret\\cret\\n\\0101' ;;
        dash.*) PASSWORD='-n it' ;;
        tail.*) PASSWORD='trailing\\' ;;
        esac
        echo "$USERNAME:$PASSWORD"
        """);
    var passwords =
        Map.of("back", "secret\\\\cret\\\\n\\\\0101", "dash", "-n it", "tail", "trailing\\\\");
    passwords.forEach((name, password) -> {
      var host = name + ".example.org";
      assertEquals(
          new ProgramResult(0, NativeClient.answer(host, "bot", password), ""),
          daemon.client().get(host));
    });
    assertTrue(daemon.status().contains("\"scriptShell\""), daemon.status());
  }

  /** The daemon's own variables do not change how a shell reads a script. */
  @Test
  void startupFilesAndOptionsOfShellsDoNotReachAScript() {
    var startup = PrivateFile.write(folder.resolve("startup"), "echo bot:from-the-startup-file");
    daemon
        .with("BASH_ENV", startup)
        .with("ENV", startup)
        .with("BASHOPTS", "xpg_echo")
        .with("SHELLOPTS", "xtrace")
        .with("BASH_FUNC_cat%%", "() { echo bot:from-a-function; }");
    start(
        "30s",
        """
        there=$(env | grep -cE '^(BASH_ENV|ENV|BASHOPTS|SHELLOPTS|BASH_FUNC_)')
        cat /dev/null
        echo "bot$there:a\\tb"
        """);
    assertEquals(
        new ProgramResult(0, NativeClient.answer("a.example.org", "bot0", "a\\\\tb"), ""),
        daemon.client().get("a.example.org"));
  }

  /** C7, C8. */
  @Test
  void reasonNamesTheFormatAndEndsWithTheScriptsMessage() {
    start(
        "30s",
        """
        case $RIG_REGISTRY in
        json.*) echo '{"ServerURL":"https://r","Username":"AWS","Secret":"s3cret"}' ;;
        *) echo Unable to locate credentials >&2; echo AWS: ;;
        esac
        """);
    var json = daemon.client().get("json.example.org");
    assertTrue(json.stdout().contains("JSON, the answer of a credential helper"), json::toString);
    assertFalse(json.output().contains("s3cret"), json::toString);
    var empty = daemon.client().get("empty.example.org");
    var reason = "script printed an empty password; stderr: Unable to locate credentials";
    assertTrue(empty.stdout().contains(reason), empty::toString);
    var explained = daemon.commandLine("explain", "empty.example.org/app").output();
    assertTrue(explained.contains(reason), explained);
  }

  /** A host that a program would read as an option is rejected. */
  @Test
  void registryIsNeverAnOptionOfAScriptsProgram() {
    start("30s", "printf '%s' \"$RIG_REGISTRY\" >> " + folder.resolve("asked") + "; echo u:p");
    for (var host : List.of("--help.example.org", "-x.example.org/a", "https://-.example.org")) {
      assertEquals(1, daemon.client().get(host).status(), host);
    }
    assertFalse(Files.exists(folder.resolve("asked")));
  }

  @Test
  void scriptsOfADaemonThatWasKilledAreEndedByTheNext() {
    var mark = Processes.longSleep();
    var running = start("10m", "sleep %s & sleep %s".formatted(mark, mark));
    var asking = reaper.own(daemon.client().command("get").reading("a.example.org").start());
    Eventually.within(
        Duration.ofSeconds(10), () -> Processes.with(mark).size() == 2, running::stderr);
    running.kill();
    assertEquals(2, Processes.with(mark).size(), "nobody has ended them yet");
    asking.kill();
    daemon.start();
    noneLeft(Duration.ofSeconds(2), mark);
  }

  @Test
  void shellThatOthersCanWriteIsRefused() throws Exception {
    var shell = PrivateFile.write(folder.resolve("shell"), "#!/bin/sh\nexec /bin/sh \"$@\"\n");
    daemon.configured("values.yaml", "daemon: {shell: " + shell + "}");
    for (var mode : List.of("rwxrwxr-x", "rwxr-xrwx", "rw-r--r--")) {
      Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString(mode));
      var refused = daemon.serve().run();
      assertEquals(78, refused.status(), refused::toString);
      assertTrue(refused.stderr().contains("daemon.shell: " + shell), refused::toString);
    }
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxr-xr-x"));
    daemon.start();
    assertTrue(daemon.status().contains("\"scriptShell\" : \"" + shell + "\""), daemon.status());
  }

  private void run(int from, int to) throws InterruptedException {
    var wrong = new AtomicReference<String>();
    var threads =
        IntStream.range(0, CLIENTS)
            .mapToObj(first ->
                Thread.ofVirtual()
                    .start(() -> {
                      for (int i = from + first; i < to; i += CLIENTS) {
                        var host = "h" + i + ".example.org";
                        var got = RawClient.get(daemon.socket(), host, Duration.ofSeconds(30));
                        if (!got.equals("0\n" + NativeClient.answer(host, "bot", host))) {
                          wrong.set(got);
                        }
                      }
                    }))
            .collect(Collectors.toList());
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(null, wrong.get());
  }
}
