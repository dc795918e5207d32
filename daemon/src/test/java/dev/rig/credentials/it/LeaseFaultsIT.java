package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F10 to F13, F21 and F34 of {@code docs/reliability.md} on the built daemon: faults of leases. */
@Order(5)
class LeaseFaultsIT {
  /** How often F13 kills the daemon; {@code -Dfaults.kills=1000} for the promise in full. */
  private static final int KILLS = Integer.getInteger("faults.kills", 20);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  /** Seconds since the start of the machine, which no faked clock changes. */
  private static double uptime() {
    try {
      return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String password(ProgramResult outcome) {
    Matcher found = Pattern.compile("\"Secret\":\"([^\"]*)\"").matcher(outcome.stdout());
    assertTrue(outcome.status() == 0 && found.find(), outcome::toString);
    return found.group(1);
  }

  @Test
  void f10_clockThatJumpsNeverMakesALeaseLongerAndForwardRefreshesOnce() throws IOException {
    Tool.FAKETIME.path();
    Path library;
    try (var files = Files.walk(Path.of("/usr/lib"), 3)) {
      library = files.filter(file -> file.endsWith("libfaketimeMT.so.1")).findFirst().orElseThrow();
    }
    var clock = PrivateFile.write(folder.resolve("clock"), "+0\n");
    var shortRuns = new RunCounter(folder.resolve("short-runs"));
    var longRuns = new RunCounter(folder.resolve("long-runs"));
    // The password is the machine's uptime at the run, which shows the age of the credential.
    var running =
        daemon
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    short.org:
                      expire: 3s
                      script: |
                        %s
                        read up idle < /proc/uptime; echo bot:$up; sleep 0.3
                    long.org:
                      expire: 30m
                      script: |
                        %s
                        read up idle < /proc/uptime; echo bot:$up
                """
                    .formatted(shortRuns.shell(), longRuns.shell()))
            .with("LD_PRELOAD", library)
            .with("FAKETIME_TIMESTAMP_FILE", clock)
            .with("FAKETIME_NO_CACHE", "1")
            .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .with("DONT_FAKE_MONOTONIC", "1")
            .start();
    var first = password(daemon.client().get("long.org"));
    assertEquals(1, longRuns.runs());

    PrivateFile.replace(clock, "+1h\n"); // libfaketime ends a process that reads half a file
    var second = password(daemon.client().get("long.org"));
    assertFalse(first.equals(second), "a lease of 30 min is not served an hour later");
    for (int i = 0; i < 10; i++) {
      assertEquals(second, password(daemon.client().get("long.org")));
    }
    assertEquals(2, longRuns.runs(), "one refresh for the jump");
    assertTrue(running.isAlive());

    // Back and forth while the short lease is refreshed, at any time of its runs.
    var offsets = new String[] {"+0\n", "-1h\n", "+0\n", "-1h\n", "+1h\n", "-1h\n"};
    for (var offset : offsets) {
      PrivateFile.replace(clock, offset);
      double until = uptime() + 2.35;
      while (uptime() < until) {
        LockSupport.parkNanos(Duration.ofMillis(25).toNanos()); // requests leave processor time
        double asked = uptime();
        var outcome = daemon.client().get("short.org");
        if (outcome.stdout().contains("had already expired")) {
          continue; // the clock jumped past the expiry while the script ran: no credential is the
          // expected answer
        }
        double issued = Double.parseDouble(password(outcome));
        assertTrue(
            asked - issued <= 3.02, // the uptime has hundredths
            () -> "served at an age of " + (asked - issued) + " s\n" + running.stderr());
      }
    }
  }

  private String glob(String expire, String script) {
    return """
    rig:
      dockerRegistries:
        fixed.org: {username: bot, password: from-the-file}
        "*.example.org":
          expire: %s
          script: |
    %s
    """
        .formatted(expire, script.indent(8));
  }

  @Test
  void f11_fullDiskKeepsTheOldFileAndGetsSucceed() throws IOException {
    Tool.needRoot("a file system of its own for the daemon");
    var state = PrivateFile.folder(daemon.stateFolder());
    var running =
        daemon
            .configured("values.yaml", glob("1h", "echo bot:$RIG_REGISTRY"))
            .startedBy(
                Tool.UNSHARE.path(),
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=128k,mode=0700 none \"$0\" && exec \"$@\"",
                state)
            .start();
    var inside = Path.of("/proc/" + running.pid() + "/root" + state);
    var file = inside.resolve("leases.sealed");
    daemon.client().get("before.example.org").succeeded();
    Eventually.within(PATIENCE, () -> Files.exists(file), () -> "leases are saved");
    settle(file);
    var old = Files.readAllBytes(file);
    fill(inside.resolve("fill"));

    for (int i = 0; i < 50; i++) {
      var host = "h" + i + ".example.org";
      assertEquals(
          NativeClient.answer(host, "bot", host), daemon.client().get(host).succeeded().stdout());
    }
    Eventually.within(
        PATIENCE,
        () -> running.stderr().contains("leases are not saved for a restart"),
        running::stderr);

    var status = daemon.commandLine("status");
    assertAll(
        () -> assertArrayEquals(old, Files.readAllBytes(file)),
        () -> assertTrue(running.says("No space left"), running::stderr),
        () -> assertEquals(1, status.status(), status::toString),
        () -> assertTrue(status.stdout().contains("leases is unhealthy"), status::toString),
        () -> daemon.client().get("after.example.org").succeeded(),
        () -> daemon.client().get("fixed.org").succeeded());
  }

  /** Waits until the file has not been written for longer than the archive collects changes. */
  private static void settle(Path file) {
    var seen = new HashMap<Object, Long>();
    Eventually.within(
        PATIENCE,
        () -> {
          try {
            var version = Files.getAttribute(file, "unix:ino");
            var since = seen.computeIfAbsent(version, v -> System.nanoTime());
            return System.nanoTime() - since > Duration.ofMillis(2_500).toNanos();
          } catch (IOException e) {
            return false;
          }
        },
        () -> "the file is quiet");
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      for (var page = new byte[4096]; ; ) {
        out.write(page);
      }
    } catch (IOException full) {
      assertTrue(String.valueOf(full.getMessage()).contains("No space"), full::toString);
    }
  }

  @Test
  void f12_corruptSealedFileIsSetAsideAndTheRestIsServed() throws IOException {
    var counter = new RunCounter(folder.resolve("runs"));
    daemon.configured("values.yaml", glob("1h", counter.shell() + "\necho bot:run"));
    var first = daemon.start();
    daemon.client().get("a.example.org").succeeded();
    DaemonUnderTest.stop(first);
    var file = daemon.stateFolder().resolve("leases.sealed");
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 0x40;
    Files.write(file, bytes);

    var second = daemon.start();

    var status = daemon.commandLine("status");
    var aside = daemon.stateFolder().resolve("leases.sealed.refused");
    assertAll(
        () -> assertArrayEquals(bytes, Files.readAllBytes(aside)),
        () -> assertTrue(second.says("set aside"), second::stderr),
        () -> assertEquals(1, status.status(), status::toString),
        () -> assertTrue(status.stdout().contains("leases is unhealthy"), status::toString),
        () ->
            assertEquals(
                NativeClient.answer("fixed.org", "bot", "from-the-file"),
                daemon.client().get("fixed.org").succeeded().stdout()),
        () -> daemon.client().get("a.example.org").succeeded(),
        () -> assertEquals(2, counter.runs()));

    // No crash loop: the next start has a good file again, and keeps its leases.
    DaemonUnderTest.stop(second);
    var third = daemon.start();
    daemon.client().get("a.example.org").succeeded();
    assertEquals(2, counter.runs(), third::stderr);
    assertEquals(0, daemon.commandLine("status").status());
  }

  /** Returns the new files of leases that are incomplete. */
  private Set<String> parts() {
    return Set.of(daemon.stateFolder().toFile().list((folder, name) -> isPart(name)));
  }

  /**
   * Each round kills the daemon as soon as a part of a new file appears next to the old one; the
   * file is large, so the write is under way. The next start must find the old or the new file.
   */
  @Test
  void f13_killInTheMiddleOfAWriteLeavesTheOldOrTheNewFile() throws Exception {
    daemon.configured("values.yaml", glob("1h", "printf 'bot:%02000d' 7"));
    var middle = 0;
    var first = daemon.start();
    RawClient.get(daemon.socket(), "first.example.org", PATIENCE);
    DaemonUnderTest.stop(first);
    for (int round = 0; round < KILLS; round++) {
      var running = daemon.start();
      assertFalse(running.stderr().contains("set aside"), running::stderr);
      assertTrue(running.says("leases from before the restart are still valid"), running::stderr);
      assertTrue(daemon.isHealthy(), running::stderr);
      var before = parts();
      try (var watch = folder.getFileSystem().newWatchService()) {
        daemon.stateFolder().register(watch, StandardWatchEventKinds.ENTRY_CREATE);
        for (int i = 0; i < 10; i++) {
          RawClient.get(daemon.socket(), "r" + round + "h" + i + ".example.org", PATIENCE);
        }
        awaitPart(watch);
      }
      running.kill();
      running.finish(Duration.ofSeconds(5));
      middle += before.containsAll(parts()) ? 0 : 1;
    }
    var killed = middle;
    assertTrue(killed > 0, "no kill came in the middle of a write");
    var last = daemon.start();
    assertAll(
        () -> assertFalse(last.stderr().contains("set aside"), last::stderr),
        () ->
            assertFalse(
                Files.exists(daemon.stateFolder().resolve("leases.sealed.refused")), last::stderr));
  }

  /** Returns as soon as a new file is started, or after three seconds. */
  private static void awaitPart(WatchService watch) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
    while (System.nanoTime() - end < 0) {
      var created = watch.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (created != null
          && created.pollEvents().stream().anyMatch(file -> isPart(file.context().toString()))) {
        return;
      }
      if (created != null) {
        created.reset();
      }
    }
  }

  private static boolean isPart(String name) {
    return name.startsWith(".leases.sealed") && name.endsWith(".new");
  }

  @Test
  void f21_tenThousandGetsOnAnExpiredEntryAreOneRun() throws InterruptedException {
    var counter = new RunCounter(folder.resolve("runs"));
    var go = folder.resolve("go");
    daemon
        .configured(
            "values.yaml",
            """
            rig:
              dockerRegistries:
                example.org:
                  timeout: 60s
                  script: |
                    %s
                    if [ $(wc -l < '%s') -eq 1 ]; then
                      payload=$(printf '{"exp":%%s}' $(($(date +%%s) + 4)) | base64 -w0 | tr -d =)
                      echo "bot:eyJhbGciOiJub25lIn0.$payload."
                    else
                      until [ -e '%s' ]; do sleep 0.05; done
                      echo bot:run-2
                    fi
            """
                .formatted(counter.shell(), counter.file(), go))
        .start();
    // The first lease ends 4 s after its run, because its token has that expiry.
    daemon.client().get("example.org").succeeded();
    double end = uptime() + 4.2;
    Eventually.within(PATIENCE, () -> uptime() > end, () -> "the first lease ends");

    var answers = new ConcurrentHashMap<String, Integer>();
    var open = new Semaphore(500); // the descriptors of this process at a time
    var threads =
        IntStream.range(0, 10_000)
            .mapToObj(i ->
                Thread.ofVirtual()
                    .start(() -> {
                      open.acquireUninterruptibly();
                      var answer =
                          RawClient.get(daemon.socket(), "example.org", Duration.ofSeconds(60));
                      open.release();
                      answers.merge(answer, 1, Integer::sum);
                    }))
            .toList();
    Eventually.within(PATIENCE, () -> counter.runs() == 2, () -> "the second run");
    Eventually.within(
        PATIENCE, () -> open.availablePermits() == 0, () -> "a crowd waits for the run");
    assertTrue(answers.isEmpty(), answers::toString);
    PrivateFile.write(go, "");
    for (var thread : threads) {
      thread.join();
    }

    var right = "0\n" + NativeClient.answer("example.org", "bot", "run-2");
    assertAll(
        () -> assertEquals(Map.of(right, 10_000), answers), () -> assertEquals(2, counter.runs()));
  }

  @Test
  void f34_kubeletCachesAtMostTheRemainingLifeLessAMinute() {
    daemon
        .configured(
            "values.yaml",
            """
            rig:
              dockerRegistries:
                five.org: {script: "echo bot:five", expire: 5m}
                brief.org: {script: "echo bot:brief", expire: 50s}
            """)
        .start();
    assertTrue(Distribution.client().toFile().canExecute());
    var began = uptime();
    var five = kubelet("five.org/app");
    var brief = kubelet("brief.org/app");
    var most = Duration.ofMinutes(4);
    var least = most.minusSeconds((long) (uptime() - began) + 30);
    assertAll(
        () -> assertTrue(five.compareTo(most) <= 0, five::toString),
        () -> assertTrue(five.compareTo(least) >= 0, five::toString),
        () -> assertEquals(Duration.ZERO, brief));
  }

  private Duration kubelet(String image) {
    var provider = Distribution.daemon().resolveSibling("rig-credential-provider");
    var outcome =
        Command.of(provider)
            .with("RIG_CREDENTIALS_SOCKET", daemon.socket())
            .reading(
                """
                {"apiVersion":"credentialprovider.kubelet.k8s.io/v1",\
                "kind":"CredentialProviderRequest","image":"%s"}
                """
                    .formatted(image))
            .run()
            .succeeded();
    var found = Pattern.compile("\"cacheDuration\":\"([0-9hms.]+)\"").matcher(outcome.stdout());
    assertTrue(found.find(), outcome::toString);
    return Duration.parse("PT" + found.group(1).toUpperCase(java.util.Locale.ROOT));
  }
}
