package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F33: restarts during requests. */
class RestartIT {
  private static final int RESTARTS = 20;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void daemonWithAScript() {
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                "rig: {dockerRegistries: {example.org: {script: \"echo bot:secret\"}}}\n");
  }

  /** Four clients send requests until they are stopped. */
  private final class Load {
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger asked = new AtomicInteger();
    private final ConcurrentLinkedQueue<ProgramResult> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    Load() {
      var client = daemon.client();
      var good = new ProgramResult(0, NativeClient.answer("example.org", "bot", "secret"), "");
      for (int i = 0; i < 4; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  while (!ended.get()) {
                    var outcome = client.get("example.org");
                    asked.incrementAndGet();
                    if (!outcome.equals(good)) {
                      failures.add(outcome);
                    }
                  }
                }));
      }
    }

    /** Waits until the current daemon has answered them for a while. */
    void goOn() {
      int until = asked.get() + 20;
      Eventually.within(LIMIT, () -> asked.get() >= until, () -> "asked " + asked);
    }

    void end() throws InterruptedException {
      ended.set(true);
      for (var thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), List.copyOf(failures));
      assertTrue(asked.get() > RESTARTS, "asked " + asked);
    }
  }

  @Test
  void f33_inheritedSocketQueuesOverTwentyRestarts() throws InterruptedException {
    var pidFile = folder.resolve("pid");
    // The shell keeps the socket as systemd does, and restarts the daemon when it ends.
    var loop =
        "while :; do sh -c 'export LISTEN_PID=$$; echo $$ > \"$0\"; exec \"$@\"' \"$0\" \"$@\";"
            + " done";
    var words =
        new ArrayList<Object>(List.of(Tool.SYSTEMD_SOCKET_ACTIVATE.path(), "-l", daemon.socket()));
    words.addAll(List.of("sh", "-c", loop, pidFile));
    words.addAll(daemon.serve().words());
    var supervisor = reaper.own(Command.of(words.toArray()).with("HOME", folder).start());
    Eventually.within(LIMIT, () -> Files.exists(daemon.socket()), supervisor::stderr);
    var inode = inode();
    var load = new Load();
    long before = 0;
    for (int i = 0; i < RESTARTS; i++) {
      var last = before;
      Eventually.within(LIMIT, () -> pid(pidFile) != last && daemon.answers(), supervisor::stderr);
      load.goOn();
      before = pid(pidFile);
      Signal.TERM.to(before);
      var pid = before;
      Eventually.within(LIMIT, () -> !ProcFiles.runs(pid), supervisor::stderr);
      assertTrue(Files.exists(daemon.socket(), LinkOption.NOFOLLOW_LINKS), "its name stays");
    }
    load.end();
    assertEquals(inode, inode());
    assertTrue(supervisor.says("serving at " + daemon.socket()), supervisor::stderr);
  }

  @Test
  void inheritedSocketIsNotPassedToScripts() {
    daemon.configured(
        "values.yaml",
        """
        rig:
          dockerRegistries:
            example.org: {script: 'ls -l /proc/self/fd >&2; echo "bot:${LISTEN_FDS:-none}"'}
        """);
    var words =
        new ArrayList<Object>(List.of(Tool.SYSTEMD_SOCKET_ACTIVATE.path(), "-l", daemon.socket()));
    words.addAll(daemon.serve().words());
    var running = reaper.own(Command.of(words.toArray()).with("HOME", folder).start());
    Eventually.within(LIMIT, daemon::answers, running::stderr);
    var outcome = daemon.client().get("example.org");
    assertEquals(
        new ProgramResult(0, NativeClient.answer("example.org", "bot", "none"), ""),
        outcome,
        running::stderr);
    assertFalse(running.stderr().contains("socket:["), running::stderr);
  }

  /** A client that waits for a script at the stop gets no byte, and asks the next daemon. */
  @Test
  void clientThatWaitsForASlowScriptIsAnsweredByTheNextDaemon() throws IOException {
    var runs = new RunCounter(folder.resolve("runs"));
    var go = folder.resolve("go");
    daemon.configured(
        "values.yaml",
        """
        rig:
          dockerRegistries:
            example.org:
              script: |
                %s
                until [ -e '%s' ]; do sleep 0.05; done
                echo "bot:secret"
        """
            .formatted(runs.shell(), go));
    var first = daemon.start();
    var asking = reaper.own(daemon.client().command("get").reading("example.org").start());
    Eventually.within(LIMIT, () -> runs.runs() == 1, first::stderr);
    DaemonUnderTest.stop(first); // within 8 s, although the script runs
    assertTrue(asking.isAlive(), "it is not answered by a daemon that stops");
    PrivateFile.write(go, "");
    daemon.start();
    var outcome = asking.finish(LIMIT);
    assertAll(
        () ->
            assertEquals(
                new ProgramResult(0, NativeClient.answer("example.org", "bot", "secret"), ""),
                outcome),
        () -> assertEquals(2, runs.runs()));
  }

  private Object inode() {
    try {
      return Files.getAttribute(daemon.socket(), "unix:ino");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long pid(Path file) {
    try {
      return Files.exists(file) ? Long.parseLong("0" + Files.readString(file).strip()) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
