package dev.rig.credentials.source.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.linux.ProcessSignals;
import dev.rig.credentials.source.process.ProcessOutcome.CouldNotStart;
import dev.rig.credentials.source.process.ProcessOutcome.Exited;
import dev.rig.credentials.source.process.ProcessOutcome.Flooded;
import dev.rig.credentials.source.process.ProcessOutcome.Stopped;
import dev.rig.credentials.source.process.ProcessOutcome.TimedOut;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.machine.Processes;
import dev.rig.credentials.time.SystemScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProcessRunnerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Map<String, String> BASE = Map.of("PATH", "/usr/bin:/bin", "LANG", "C");

  @TempDir Path folder;

  private final SystemScheduler scheduler = new SystemScheduler();
  private Path scripts;
  private ProcessRunner runner;

  @BeforeEach
  void open() throws IOException {
    scripts = folder.resolve("scripts");
    runner = ProcessRunner.open(scripts, BASE, Shell.ofThisMachine(), scheduler.time());
  }

  @AfterEach
  void close() {
    runner.close();
    scheduler.close();
  }

  private static ProcessSpec script(String text) {
    return ProcessSpec.script(text, Map.of(), TIMEOUT);
  }

  private static ProcessOutcome outcome(CompletableFuture<ProcessOutcome> run) throws Exception {
    return run.get(10, TimeUnit.SECONDS);
  }

  private ProcessOutcome run(String text) throws Exception {
    return outcome(runner.run(script(text)));
  }

  private static String stdout(ProcessOutcome outcome) {
    return new String(outcome.stdout(), UTF_8);
  }

  private static void assertNoSurvivor(String token, Duration patience) {
    assertTrue(
        Processes.eventually(patience, () -> Processes.with(token).isEmpty()),
        () -> "survivors: " + Processes.with(token));
  }

  private static void awaitProcesses(String token, int count) {
    assertTrue(
        Processes.eventually(
            Duration.ofSeconds(5), () -> Processes.with("sleep\0" + token).size() == count));
  }

  @Test
  void exitStatusAndBothStreamsArrive() throws Exception {
    var outcome = run("echo out; echo one >&2; echo two >&2; exit 3");
    assertEquals(new Exited(3), outcome.ending());
    assertEquals("out\n", stdout(outcome));
    assertEquals(List.of("one", "two"), outcome.stderr());
  }

  /** F36: dash, bash, busybox, zsh and Python. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "run: 1: Cannot fork",
        "run: fork: retry: Resource temporarily unavailable",
        "run: fork: Cannot allocate memory",
        "run: line 2: can't fork: Resource temporarily unavailable",
        "run:2: fork failed: resource temporarily unavailable",
        "RuntimeError: can't start new thread"
      })
  void f36_scriptWhoseOwnChildCannotBeStartedFailsOfAShortage(String line) throws Exception {
    assertTrue(run("echo \"" + line + "\" >&2; echo last >&2; exit 2").inShortage());
    assertFalse(run("echo \"" + line + "\" >&2").inShortage());
    assertFalse(run("echo 'the fork is cold; no service' >&2; exit 2").inShortage());
  }

  /** All processes that a script starts belong to it, in any session and with any parent. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo $$; exec sleep 20",
        "sleep 20 & echo $!; wait",
        "(setsid sleep 20 & echo $!); sleep 20",
        "env -u RIG_RUN setsid sh -c 'echo $$; exec sleep 20' & wait"
      })
  void t27_processesOfAScriptAreDistinguishedFromOthers(String text) throws Exception {
    var file = folder.resolve("pid");
    var run = runner.run(script("{ " + text + "; } >" + file));
    assertTrue(Processes.eventually(Duration.ofSeconds(5), () -> !read(file).isEmpty()));
    assertTrue(runner.isScript(Long.parseLong(read(file))));
    assertFalse(runner.isScript(ProcessHandle.current().pid()));
    assertFalse(runner.isScript(1));
    assertFalse(runner.isScript(0));
    var own = new ProcessBuilder("sleep", "20").start();
    var client =
        runner.run(
            ProcessSpec.command(
                List.of("sh", "-c", "echo $$ >" + folder.resolve("client") + "; exec sleep 20"),
                Map.of("RIG_CREDENTIALS_SOCKET", "/nonexistent"),
                TIMEOUT));
    try {
      assertTrue(
          Processes.eventually(
              Duration.ofSeconds(5), () -> !read(folder.resolve("client")).isEmpty()));
      assertFalse(runner.isScript(Long.parseLong(read(folder.resolve("client")))));
    } finally {
      own.destroyForcibly();
      client.cancel(false);
      run.cancel(false);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException absent) {
      return "";
    }
  }

  @Test
  void runLeadsASessionOfItsOwn() throws Exception {
    var outcome = run("read -r pid comm state ppid pgrp sid rest </proc/$$/stat; echo $pid:$sid");
    var numbers = stdout(outcome).strip().split(":", -1);
    assertEquals(numbers[0], numbers[1]);
    assertFalse(numbers[0].isEmpty());
  }

  @Test
  void descriptorsAreCleanAndStdinIsEmpty() throws Exception {
    var spec = ProcessSpec.command(List.of("ls", "-l", "/proc/self/fd"), Map.of(), TIMEOUT);
    var lines = stdout(outcome(runner.run(spec))).lines().toList();
    // "total 0", the three streams, and the folder that ls reads.
    assertEquals(5, lines.size(), lines.toString());
    assertTrue(lines.get(1).endsWith(" 0 -> /dev/null"), lines.get(1));
  }

  @Test
  void environmentIsTheBaseAndTheEntrysAndTheMark() throws Exception {
    var spec = ProcessSpec.command(List.of("env"), Map.of("LANG", "de", "KEY", "a b"), TIMEOUT);
    var lines =
        stdout(outcome(runner.run(spec)))
            .lines()
            .filter(line -> !line.startsWith("RIG_RUN="))
            .sorted()
            .toList();
    assertEquals(List.of("KEY=a b", "LANG=de", "PATH=/usr/bin:/bin"), lines);
  }

  @Test
  void scriptIsInAPrivateFileWhileItRuns() throws Exception {
    var outcome = run("stat -c %a:%n \"$0\"; stat -c %a \"${0%/*}\"; pwd");
    var lines = stdout(outcome).lines().toList();
    assertTrue(lines.get(0).startsWith("600:" + scripts), lines.get(0));
    assertEquals("700", lines.get(1));
    assertEquals("/", lines.get(2));
    assertNoFiles();
  }

  private void assertNoFiles() throws IOException {
    try (var files = Files.list(scripts)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void interpreterOfTheFirstLineRunsAFileThatIsNotExecutable() throws Exception {
    assertEquals(new Exited(1), run("#!/bin/sh -e\nfalse\nexit 0").ending());
    assertEquals("#!/bin/cat\ntext", stdout(run("#!/bin/cat\ntext")));
  }

  @Test
  void missingInterpreterIsNamedAndTheFileRemoved() throws Exception {
    var ending = run("#!/no/such/shell\n").ending();
    assertEquals(new CouldNotStart("there is no interpreter /no/such/shell"), ending);
    assertNoFiles();
  }

  /** The JDK reports more than one line if its own helper program cannot start (F22). */
  @Test
  void failureOfTheSystemIsReportedInOneLine() throws Exception {
    var variables = Map.of("LARGE", "x".repeat(200_000)); // MAX_ARG_STRLEN is 128 KiB
    var outcome = outcome(runner.run(ProcessSpec.script("true", variables, TIMEOUT)));
    var reason = assertInstanceOf(CouldNotStart.class, outcome.ending()).reason();
    assertTrue(reason.startsWith("the system refused to start it: Cannot run"), reason);
    assertEquals(1, reason.lines().count(), reason);
  }

  @Test
  void variableWithNulIsRefusedWithoutItsValue() throws Exception {
    var spec = ProcessSpec.script("true", Map.of("KEY", "canary\0"), TIMEOUT);
    var reason = assertInstanceOf(CouldNotStart.class, outcome(runner.run(spec)).ending()).reason();
    assertEquals("the environment variable KEY contains a NUL", reason);
  }

  @Test
  void f1_hangingScriptFailsAtItsTimeoutAndIsKilledTwoSecondsLater() throws Exception {
    var fake = new FakeTime();
    var token = Processes.longSleep();
    try (var timed =
        ProcessRunner.open(folder.resolve("timed"), BASE, Shell.ofThisMachine(), fake.time())) {
      var hanging = timed.run(script("trap '' TERM; sleep " + token + " & sleep " + token));
      awaitProcesses(token, 2);
      fake.advance(Duration.ofSeconds(29));
      assertFalse(hanging.isDone());
      assertEquals(new Exited(0), outcome(timed.run(script("true"))).ending());
      fake.advance(SECOND);
      assertEquals(new TimedOut(TIMEOUT), outcome(hanging).ending());
      fake.advance(Duration.ofMillis(1_900));
      assertEquals(2, Processes.with("sleep\0" + token).size());
      fake.advance(Duration.ofMillis(100));
      assertNoSurvivor(token, SECOND);
    }
  }

  @Test
  void f1_sessionOfAHangingScriptIsGoneThreeSecondsAfterItsTimeout() throws Exception {
    var token = Processes.longSleep();
    var text = "trap '' TERM; setsid sleep " + token + " & sleep " + token;
    var timeout = Duration.ofMillis(500);
    var outcome = outcome(runner.run(ProcessSpec.script(text, Map.of(), timeout)));
    assertEquals(new TimedOut(timeout), outcome.ending());
    assertTrue(outcome.duration().compareTo(Duration.ofMillis(900)) < 0, outcome.toString());
    assertEquals(2, Processes.with("sleep\0" + token).size());
    assertNoSurvivor(token, Duration.ofSeconds(3));
  }

  @Test
  void politeScriptMayCleanUpAtItsTimeout() throws Exception {
    var fake = new FakeTime();
    var token = Processes.longSleep();
    var witness = folder.resolve("witness");
    try (var timed =
        ProcessRunner.open(folder.resolve("timed"), BASE, Shell.ofThisMachine(), fake.time())) {
      var text = "trap 'echo bye >" + witness + "; exit' TERM; sleep " + token + " & wait";
      var hanging = timed.run(script(text));
      awaitProcesses(token, 1);
      fake.advance(TIMEOUT);
      assertEquals(new TimedOut(TIMEOUT), outcome(hanging).ending());
      assertTrue(Processes.eventually(SECOND.multipliedBy(5), () -> Files.exists(witness)));
      assertNoSurvivor(token, SECOND.multipliedBy(5));
    }
  }

  @Test
  void f2_floodOfStdoutIsStoppedWithinASecond() throws Exception {
    var token = Processes.longSleep();
    var outcome = run("trap '' TERM; sleep " + token + " & yes secret");
    assertEquals(new Flooded(ProcessSpec.DEFAULT_STDOUT_LIMIT), outcome.ending());
    assertTrue(outcome.duration().compareTo(SECOND) < 0, outcome.toString());
    assertEquals(ProcessSpec.DEFAULT_STDOUT_LIMIT, outcome.stdout().length);
    assertNoSurvivor(token, SECOND);
  }

  @Test
  void stdoutUpToItsLimitIsNoFlood() throws Exception {
    var limit = ProcessSpec.DEFAULT_STDOUT_LIMIT;
    var exact = run("head -c " + limit + " /dev/zero");
    assertEquals(new Exited(0), exact.ending());
    assertEquals(limit, exact.stdout().length);
    assertEquals(new Flooded(limit), run("head -c " + (limit + 1) + " /dev/zero").ending());
  }

  @Test
  void f3_floodOfStderrIsDrainedAndItsEndKept() throws Exception {
    var outcome = run("yes noise | head -c 20000000 >&2; echo >&2; echo the end >&2; echo u:p");
    assertEquals(new Exited(0), outcome.ending());
    assertEquals("u:p\n", stdout(outcome));
    assertEquals(StderrTail.MAX_LINES, outcome.stderr().size());
    assertEquals("the end", outcome.stderr().getLast());
  }

  @Test
  void f4_t13_grandchildThatKeepsThePipeDelaysNothingAndIsEnded() throws Exception {
    var token = Processes.longSleep();
    var outcome = run("trap '' TERM; sleep " + token + " & echo u:p");
    assertEquals(new Exited(0), outcome.ending());
    assertEquals("u:p\n", stdout(outcome));
    assertTrue(outcome.duration().compareTo(SECOND) < 0, outcome.toString());
    assertNoSurvivor(token, SECOND);
  }

  /** F5 and T13: every known way to leave a session. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "setsid sleep TOKEN &",
        "setsid sleep TOKEN </dev/null >/dev/null 2>&1 &",
        "(setsid sh -c 'setsid sleep TOKEN & exit' &) </dev/null >/dev/null 2>&1",
        "env -i setsid sleep TOKEN </dev/null >/dev/null 2>&1 &",
        "(env -i setsid sh -c '(setsid sleep TOKEN &) & sleep TOKEN' &) </dev/null >&0 2>&0",
        "env -i setsid sh -c 'setsid sleep TOKEN & exit' </dev/null >/dev/null 2>&1; sleep 0.05",
      })
  void f5_t13_doubleForkWithSetsidDoesNotSurvive(String text) throws Exception {
    var token = Processes.longSleep();
    var outcome = run(text.replace("TOKEN", token) + "\necho u:p");
    assertEquals(new Exited(0), outcome.ending());
    assertEquals("u:p\n", stdout(outcome));
    assertNoSurvivor(token, Duration.ofSeconds(5));
    assertTrue(Processes.eventually(SECOND, () -> Processes.zombies() == 0));
  }

  @Test
  void f5_processOfUnknownOriginIsEndedWhenAllPossibleRunsHaveEnded() throws Exception {
    var token = Processes.longSleep();
    var other = Processes.longSleep();
    var longer = runner.run(script("sleep " + other));
    awaitProcesses(other, 1);
    var outcome =
        run("env -i setsid sh -c 'setsid sleep " + token + " & exit' </dev/null >/dev/null 2>&1");
    assertEquals(new Exited(0), outcome.ending());
    longer.cancel(true);
    assertNoSurvivor(other, Duration.ofSeconds(5));
    assertNoSurvivor(token, Duration.ofSeconds(5));
  }

  /** A smaller F9: {@code ScriptFaultsIT} runs 10,000 with the daemon. */
  @Test
  void f9_hundredsOfRunsLeaveNeitherZombiesNorDescriptors() throws Exception {
    assertRunsLeaveNothing(runner, 300, 8);
  }

  static void assertRunsLeaveNothing(ProcessRunner runner, int runs, int atOnce) throws Exception {
    outcome(runner.run(script("true")));
    long before = Processes.descriptors();
    for (int done = 0; done < runs; done += atOnce) {
      var statuses = IntStream.range(done, done + atOnce).map(i -> i % 200).toArray();
      var batch = new ArrayList<CompletableFuture<ProcessOutcome>>();
      for (int status : statuses) {
        // Each leaves an orphan, so that reaping and the JDK's waiting happen at the same time.
        batch.add(runner.run(script("setsid sh -c 'exit 9' & echo x; exit " + status)));
      }
      for (int i = 0; i < atOnce; i++) {
        assertEquals(new Exited(statuses[i]), outcome(batch.get(i)).ending());
      }
    }
    var patience = Duration.ofSeconds(5);
    assertTrue(
        Processes.eventually(patience, () -> Processes.zombies() == 0),
        () -> Processes.zombies() + " zombies");
    assertTrue(
        Processes.eventually(patience, () -> Processes.descriptors() <= before),
        () -> before + " descriptors became " + Processes.descriptors());
  }

  @Test
  void cancellingKillsTheSession() throws Exception {
    var token = Processes.longSleep();
    var run = runner.run(script("sleep " + token + " & sleep " + token));
    awaitProcesses(token, 2);
    assertTrue(run.cancel(true));
    assertNoSurvivor(token, SECOND);
    assertTrue(Processes.eventually(SECOND, this::noFiles));
  }

  private boolean noFiles() {
    try (var files = Files.list(scripts)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void cancellingBeforeTheStartStartsNothing() {
    var witness = folder.resolve("witness");
    for (int i = 0; i < 20; i++) {
      var run = runner.run(script("sleep 0.2; touch " + witness));
      assertTrue(run.cancel(true));
    }
    runner.close();
    assertFalse(Files.exists(witness));
    assertTrue(noFiles());
  }

  /** A part of F32: a stop while scripts run. */
  @Test
  void f32_closingLeavesNoSurvivorEvenOfAScriptThatIgnoresTerm() throws Exception {
    var token = Processes.longSleep();
    var run = runner.run(script("trap '' TERM; setsid sleep " + token + " & sleep " + token));
    awaitProcesses(token, 2);
    long began = System.nanoTime();
    runner.close();
    var took = Duration.ofNanos(System.nanoTime() - began);
    assertEquals(List.of(), Processes.with(token));
    assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took.toString());
    assertEquals(new Stopped(), outcome(run).ending());
    assertTrue(noFiles());
  }

  @Test
  void closedRunnerRefuses() throws Exception {
    runner.close();
    assertEquals(new CouldNotStart("the daemon is stopping"), run("true").ending());
    assertTrue(noFiles());
  }

  @Test
  void withoutSetsidAndAdoptionTheMarkStillFindsLeftoverProcesses() throws Exception {
    var token = Processes.longSleep();
    try (var poor =
        ProcessRunner.open(
            folder.resolve("poor"),
            BASE,
            Shell.ofThisMachine(),
            scheduler.time(),
            Optional.empty(),
            new NoAdoption())) {
      var outcome = outcome(poor.run(script("sleep " + token + " & setsid sleep " + token + " &")));
      assertEquals(new Exited(0), outcome.ending());
      assertNoSurvivor(token, SECOND);
      assertTrue(Processes.eventually(SECOND, () -> Processes.zombies() == 0));
    }
  }

  /** A daemon was killed while its scripts ran: the next one ends them, and no other process. */
  @Test
  void scriptsOfADaemonThatWasKilledAreEndedByTheNext() throws Exception {
    var dead = UUID.randomUUID();
    var token = Processes.longSleep();
    var others = Processes.longSleep();
    var left =
        background(
            dead + ".7",
            "sleep %s & env -i setsid sleep %s & env -i sleep %s & wait".replace("%s", token));
    var other = background(UUID.randomUUID() + ".7", "sleep " + others);
    var killed = folder.resolve("killed");
    Files.createDirectory(
        killed, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.createFile(killed.resolve("run-999999999-" + dead + ".7"));
    // A pid that a process of another user has reused.
    Files.createFile(killed.resolve("run-" + other.pid() + "-" + UUID.randomUUID() + ".7"));
    try {
      assertTrue(Processes.eventually(SECOND, () -> Processes.with("sleep\0" + token).size() == 3));
      assertTrue(Processes.eventually(SECOND, () -> !Processes.with("sleep\0" + others).isEmpty()));
      ProcessRunner.open(killed, BASE, Shell.ofThisMachine(), scheduler.time()).close();
      assertNoSurvivor(token, SECOND);
      assertTrue(other.isAlive());
    } finally {
      left.destroyForcibly();
      other.destroyForcibly();
      Processes.with("sleep\0" + others)
          .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
  }

  private static Process background(String mark, String script) throws IOException {
    var builder = new ProcessBuilder("setsid", "--wait", "sh", "-c", script);
    builder.environment().put(ProcessRunner.MARK, mark);
    return builder.start();
  }

  @Test
  void commandWithoutAProgramIsNamed() throws Exception {
    var spec = ProcessSpec.command(List.of("no-such-program"), Map.of(), TIMEOUT);
    assertEquals(
        new CouldNotStart("there is no program no-such-program"),
        outcome(runner.run(spec)).ending());
  }

  @Test
  void nothingPrintsPossibleSecrets() throws Exception {
    var spec = ProcessSpec.script("echo canary", Map.of("KEY", "canary"), TIMEOUT);
    assertFalse(spec.toString().contains("canary"));
    assertFalse(spec.program().toString().contains("canary"));
    assertFalse(outcome(runner.run(spec)).toString().contains("canary"));
    assertFalse(new ProcessSpec.Command(List.of("x", "canary")).toString().contains("canary"));
  }

  @Test
  void folderThatOthersMayEnterIsRefused() throws IOException {
    var open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(
        open, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThrows(
        IOException.class,
        () -> ProcessRunner.open(open, BASE, Shell.ofThisMachine(), scheduler.time()));
    var link = Files.createSymbolicLink(folder.resolve("link"), scripts);
    assertThrows(
        IOException.class,
        () -> ProcessRunner.open(link, BASE, Shell.ofThisMachine(), scheduler.time()));
  }

  /** A system that does not reparent orphans. */
  private static final class NoAdoption extends ProcessSignals {
    @Override
    public boolean adoptOrphans() {
      return false;
    }
  }
}
