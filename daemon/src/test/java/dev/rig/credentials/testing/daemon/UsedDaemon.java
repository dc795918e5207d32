package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.machine.Reaper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A daemon that gets requests at all listeners and for all entries all the time, and that a
 * supervisor restarts half a second after its end, as systemd does.
 */
public final class UsedDaemon implements AutoCloseable {
  private static final int SCRIPTS = 8;
  private static final Duration RESTART = Duration.ofMillis(500); // RestartSec of the unit
  private static final Duration ATTEMPT = Duration.ofSeconds(2);

  private final DaemonUnderTest daemon;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Callable<Boolean>> uses = new LinkedHashMap<>();
  private final List<Integer> statuses = new CopyOnWriteArrayList<>();
  private volatile boolean closed;
  private volatile Running running;

  /**
   * Starts the daemon without waiting until it answers.
   *
   * @param wrapper words before its command line, which end with {@code exec}; may be empty
   */
  public UsedDaemon(Reaper reaper, Path folder, Object... wrapper) {
    var admin = new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.next());
    daemon =
        new DaemonUnderTest(reaper, folder)
            .configured("values.yaml", values())
            .admin("127.0.0.1:" + admin.getPort())
            .logging("info")
            .startedBy(wrapper);
    var platform = new HttpOverUnix(daemon.socket().resolveSibling("platform.sock"));
    uses.put("the helpers' socket", daemon::answers);
    uses.put("the platform's socket", () -> platform.get("/v1/registries").status() == 200);
    uses.put("the admin port", () -> new HttpOverTcp(admin).get("/health/ready").status() == 200);
    uses.put("entry static.example.org", () -> isFound("static.example.org"));
    for (int i = 0; i < SCRIPTS; i++) {
      var host = "s" + i + ".example.org";
      uses.put("entry " + host, () -> isFound(host));
    }
    running = daemon.launch();
    threads.execute(this::supervise);
    uses.values().forEach(use -> threads.execute(() -> useOn(use)));
  }

  /** Returns its configuration: scripts of two processes each, with leases of a second. */
  public static String values() {
    var values = new StringBuilder("rig:\n  dockerRegistries:\n");
    values.append("    static.example.org: {username: bot, password: from-the-file}\n");
    for (int i = 0; i < SCRIPTS; i++) {
      values.append(
          "    s%d.example.org: {script: 'sleep 0.05; echo bot:x', expire: 1s, timeout: 3s}%n"
              .formatted(i));
    }
    return values.toString();
  }

  /** Returns the current process. */
  public Running running() {
    return running;
  }

  public DaemonUnderTest daemon() {
    return daemon;
  }

  /** Returns its exit statuses so far, in order. */
  public List<Integer> statuses() {
    return List.copyOf(statuses);
  }

  /** Returns when everything has worked again; fails the test if that takes too long. */
  public void worksWithin(Duration limit, String when) {
    long end = System.nanoTime() + limit.toNanos();
    uses.forEach((name, use) ->
        Eventually.within(
            Duration.ofNanos(Math.max(0, end - System.nanoTime())),
            () -> works(use),
            () ->
                "%s: %s; ended with %s; the daemon said: %s"
                    .formatted(when, name, statuses, running.stderr())));
  }

  private boolean isFound(String host) {
    return RawClient.get(daemon.socket(), host, Duration.ofSeconds(1)).startsWith("0\n");
  }

  private boolean works(Callable<Boolean> use) {
    var answer = threads.submit(use);
    try {
      return answer.get(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      answer.cancel(true);
      return false;
    }
  }

  private void useOn(Callable<Boolean> use) {
    while (!closed) {
      works(use);
      pause(Duration.ofMillis(20));
    }
  }

  private void supervise() {
    while (!closed) {
      var current = running;
      if (current.isAlive()) {
        pause(Duration.ofMillis(20));
        continue;
      }
      statuses.add(current.finish(RESTART).status());
      pause(RESTART);
      if (!closed) {
        running = daemon.launch();
      }
    }
  }

  private static void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }

  /** Stops the requests, and ends the daemon with SIGTERM. */
  @Override
  public void close() {
    closed = true;
    running.close();
    threads.shutdownNow();
  }
}
