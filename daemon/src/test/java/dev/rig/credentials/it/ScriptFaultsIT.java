package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Stopwatch;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Processes;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * F1 to F5 and F9 of {@code docs/reliability.md} on the built daemon: faults of scripts.
 *
 * <p>The scripts belong to globs, so that nothing runs before a request, and every requested host
 * is a run of its own.
 */
@Isolated("limits of a second, and 10,000 processes")
class ScriptFaultsIT extends ScriptDaemon {
  private static final String STATIC = NativeClient.answer("fixed.org", "bot", "from-the-file");

  /** Concurrent clients in F9: enough that one read of the processes serves several runs. */
  private static final int CLIENTS = 32;

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
