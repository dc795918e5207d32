package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.HttpOverTcp;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.machine.PidsCgroup;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C14, F36: for some seconds the daemon gets no further thread and no further process, while
 * clients use all its listeners. Afterwards every listener and every entry works again within 5 s.
 *
 * <p>{@code -Dshortage.runs=30} repeats it.
 */
@Tag("shortage")
class ThreadShortageIT {
  private static final int RUNS = Integer.getInteger("shortage.runs", 2);
  private static final int SCRIPTS = 8;
  private static final Duration PROMISED = Duration.ofSeconds(5);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  @AutoClose private final ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor();
  private final InetSocketAddress admin =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.next());
  private final Map<String, Callable<Boolean>> uses = new LinkedHashMap<>();

  private static String values() {
    var values = new StringBuilder("rig:\n  dockerRegistries:\n");
    values.append("    static.example.org: {username: bot, password: from-the-file}\n");
    for (int i = 0; i < SCRIPTS; i++) {
      values.append(
          "    s%d.example.org: {script: 'sleep 0.05; echo bot:x', expire: 1s, timeout: 3s}%n"
              .formatted(i));
    }
    return values.toString();
  }

  private boolean works(Callable<Boolean> use) {
    var answer = asking.submit(use);
    try {
      return answer.get(2, TimeUnit.SECONDS);
    } catch (Exception e) {
      answer.cancel(true);
      return false;
    }
  }

  private static void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }

  private void useAll(AtomicBoolean done) {
    uses.values()
        .forEach(use ->
            asking.execute(() -> {
              while (!done.get()) {
                works(use);
                pause(Duration.ofMillis(20));
              }
            }));
  }

  @Test
  void c14_everyListenerAndEntryWorksAgainAfterAShortageOfThreads() {
    var group = reaper.own(PidsCgroup.create("rig-shortage-" + ProcessHandle.current().pid()));
    var daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured("values.yaml", values())
            .admin("127.0.0.1:" + admin.getPort())
            .logging("info");
    var platform = new HttpOverUnix(daemon.socket().resolveSibling("platform.sock"));
    uses.put("the helpers' socket", daemon::answers);
    uses.put("the platform's socket", () -> platform.get("/v1/registries").status() == 200);
    uses.put("the admin port", () -> new HttpOverTcp(admin).get("/health/ready").status() == 200);
    uses.put("entry static", () -> isFound(daemon, "static.example.org"));
    for (int i = 0; i < SCRIPTS; i++) {
      var host = "s" + i + ".example.org";
      uses.put("entry " + host, () -> isFound(daemon, host));
    }
    for (int run = 0; run < RUNS; run++) {
      var running = daemon.start();
      group.add(running.pid());
      // Some runs meet a daemon whose threads have all started, some one that has none but its own.
      var done = new AtomicBoolean();
      useAll(done);
      pause(Duration.ofMillis(run % 2 == 0 ? 1_500 : 50));
      group.freeze();
      if (run % 3 == 2) {
        PrivateFile.write(
            daemon.file("values.yaml"),
            values() + "    more%d.example.org: {username: a, password: b}%n".formatted(run));
      }
      pause(Duration.ofMillis(2_000 + 500 * (run % 5)));
      group.lift();
      long lifted = System.nanoTime();
      int shown = run;
      uses.forEach((name, use) ->
          Eventually.within(
              PROMISED.minusNanos(System.nanoTime() - lifted).plusMillis(200),
              () -> works(use),
              () -> "run " + shown + ": " + name + "; the daemon said: " + running.stderr()));
      done.set(true);
      assertTrue(running.isAlive());
      DaemonUnderTest.stop(running);
    }
  }

  private static boolean isFound(DaemonUnderTest daemon, String host) {
    return RawClient.get(daemon.socket(), host, Duration.ofSeconds(1)).startsWith("0\n");
  }
}
