package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Stopwatch;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.Uid;
import dev.rig.credentials.testing.daemon.ClientLoad;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * F17 to F20 and F22 to F25 of {@code docs/reliability.md} on the built daemon: faults of the
 * socket.
 */
@Isolated("limits of milliseconds")
class SocketFaultsIT {
  private static final int NEVER_READING = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String STATIC =
      """
      rig:
        dockerRegistries:
          example.org: {username: bot, password: from-the-file}
      """;
  private static final String ANSWER = NativeClient.answer("example.org", "bot", "from-the-file");

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  private static void atMost(Duration limit, Duration took) {
    assertTrue(took.compareTo(limit) <= 0, () -> "took " + took);
  }

  private String ask() {
    return RawClient.get(daemon.socket(), "example.org", PATIENCE);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /** The 99th percentile of 2,000 gets. */
  private Duration p99() {
    var nanos = new long[2_000];
    for (int i = 0; i < nanos.length; i++) {
      long began = System.nanoTime();
      assertEquals("0\n" + ANSWER, ask());
      nanos[i] = System.nanoTime() - began;
    }
    Arrays.sort(nanos);
    return Duration.ofNanos(nanos[nanos.length * 99 / 100]);
  }

  /** Starts a daemon that other users can reach. */
  static void startForAllUsers(DaemonUnderTest daemon) throws IOException {
    Tool.needRoot("several users' connections");
    var socketFolder = daemon.socket().getParent();
    for (var above : List.of(daemon.folder().getParent(), daemon.folder(), socketFolder)) {
      Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwx--x--x"));
    }
    daemon
        .configured("values.yaml", STATIC + "daemon: {socketMode: \"0660\", socketGroup: \"0\"}\n")
        .start();
  }

  /** Opens 250 idle connections for each of four users; one user may have 256. */
  static List<RawClient> thousandIdle(Reaper reaper, DaemonUnderTest daemon) {
    return IntStream.range(0, 4)
        .boxed()
        .flatMap(user ->
            Uid.as(
                20_001 + user,
                () ->
                    IntStream.range(0, 250)
                        .mapToObj(i -> reaper.own(RawClient.connect(daemon.socket())))
                        .toList())
                .stream())
        .toList();
  }

  @Test
  void t9_f17_thousandIdleConnectionsSlowNoClient() throws IOException {
    startForAllUsers(daemon);
    p99(); // warms up the daemon's code
    long began = System.nanoTime();
    var idle = thousandIdle(reaper, daemon);
    Eventually.within(PATIENCE, () -> open() >= 1_000, () -> daemon.status());

    // The best of three, because other processes of the machine may delay one.
    var best = IntStream.range(0, 3).mapToObj(i -> p99()).min(Duration::compareTo).orElseThrow();
    assertTrue(since(began).toSeconds() < 29, "the machine is too slow to tell");
    assertTrue(idle.stream().noneMatch(RawClient::isClosed), "idle ones are open");
    atMost(Duration.ofMillis(20), best);
  }

  private int open() {
    var found = java.util.regex.Pattern.compile("\"open\" ?: ?([0-9]+)").matcher(daemon.status());
    return found.find() ? Integer.parseInt(found.group(1)) : -1;
  }

  @Test
  void t9_f18_halfOpenIsAnsweredAndAByteASecondIsClosedAtFive() throws InterruptedException {
    daemon.configured("values.yaml", STATIC).start();
    try (var half = RawClient.connect(daemon.socket())) {
      assertEquals("0\n" + ANSWER, half.send("get\nexample.org").endOfRequest().rest());
    }
    try (var slow = RawClient.connect(daemon.socket())) {
      long began = System.nanoTime();
      Thread.ofVirtual()
          .start(() -> {
            try {
              for (char letter : "get\nexample.org".toCharArray()) {
                slow.send(String.valueOf(letter));
                Thread.sleep(1_000);
              }
            } catch (InterruptedException | RuntimeException closed) {
              // As intended.
            }
          });
      assertEquals("", slow.rest());
      var took = since(began);
      assertTrue(took.toMillis() >= 4_900, () -> "closed after " + took);
      atMost(Duration.ofMillis(6_500), took);
    }
    assertEquals("0\n" + ANSWER, ask());
  }

  @Test
  void t9_f19_clientThatNeverReadsIsClosedAtTwoSecondsAndHoldsNoThread() {
    var yaml = new StringBuilder(STATIC);
    var username = "u".repeat(200);
    for (int i = 0; i < 4_000; i++) { // their list does not fit into a socket's buffer
      yaml.append("    h%d.org: {username: %s, password: p}%n".formatted(i, username));
    }
    var running = daemon.configured("values.yaml", yaml.toString()).start();
    daemon.client().ask("list", "unused").succeeded();
    int descriptors = ProcFiles.descriptors(running.pid());
    int threads = ProcFiles.threads(running.pid());

    long began = System.nanoTime();
    // So few that all lists are answered before the first connection is closed.
    for (int i = 0; i < NEVER_READING; i++) {
      reaper.own(RawClient.connect(daemon.socket())).send("list\nunused").endOfRequest();
    }
    Eventually.within(
        PATIENCE,
        () -> ProcFiles.descriptors(running.pid()) >= descriptors + NEVER_READING,
        running::stderr);
    assertTrue(
        ProcFiles.threads(running.pid()) < threads + 10,
        () -> threads + " threads became " + ProcFiles.threads(running.pid()));
    assertEquals(new ProgramResult(0, ANSWER, ""), daemon.client().get("example.org"));
    Eventually.within(
        Duration.ofSeconds(10),
        () -> ProcFiles.descriptors(running.pid()) <= descriptors + 5,
        running::stderr);
    var took = since(began);
    assertTrue(took.toMillis() >= 1_900, () -> "closed after " + took);
    atMost(Duration.ofSeconds(4), took); // two, and the delay of a slow machine
  }

  @Test
  void t9_f20_clientsOutlastAFullBacklog() throws IOException {
    var running = daemon.configured("values.yaml", STATIC).start();
    signal("STOP", running);
    var waiting = new ArrayList<RawClient>();
    List<Running> asking;
    try {
      for (var next = RawClient.tryConnect(daemon.socket());
          next.isPresent();
          next = RawClient.tryConnect(daemon.socket())) {
        waiting.add(reaper.own(next.get()));
        assertTrue(waiting.size() < 10_000, "the backlog never fills");
      }
      asking =
          IntStream.range(0, 20)
              .mapToObj(i -> daemon.client().command("get").reading("example.org").start())
              .<Running>map(reaper::own)
              .toList();
      long began = System.nanoTime();
      Eventually.within(PATIENCE, () -> since(began).toMillis() > 1_500, () -> "they wait");
      assertTrue(asking.stream().allMatch(Running::isAlive), "nobody gives up");
    } finally {
      signal("CONT", running);
    }
    assertTrue(waiting.size() > 100, () -> "a backlog of " + waiting.size());
    for (var one : asking) {
      assertEquals(new ProgramResult(0, ANSWER, ""), one.finish(PATIENCE));
    }
    assertEquals("0\n" + ANSWER, ask());
  }

  private static void signal(String name, Running running) {
    Signal.valueOf(name).to(running.pid());
  }

  @Test
  void f22_shortageOfDescriptorsCausesNoBusyLoopAndEnds() {
    var running =
        daemon
            .configured("values.yaml", STATIC)
            .startedBy(Tool.PRLIMIT.path(), "--nofile=200:200")
            .start();
    assertEquals("0\n" + ANSWER, ask());
    var idle = new ArrayList<RawClient>();
    Eventually.within(
        Duration.ofSeconds(20),
        () -> {
          idle.add(reaper.own(RawClient.connect(daemon.socket())));
          return running.stderr().contains("cannot accept connections");
        },
        running::stderr);
    long ticks = ProcFiles.processorTicks(running.pid());
    long began = System.nanoTime();
    Eventually.within(PATIENCE, () -> since(began).toMillis() > 2_000, () -> "two seconds pass");
    long used = ProcFiles.processorTicks(running.pid()) - ticks;
    assertTrue(used < 50, () -> used * 10 + " ms of processor time in 2 s");
    var complaints =
        running.stderr().lines().filter(line -> line.contains("cannot accept")).toList();
    assertEquals(1, complaints.size(), complaints::toString); // and the next one after a minute
    assertTrue(running.isAlive());

    idle.forEach(RawClient::close);
    var fastest = Stopwatch.fastest(1, i -> assertEquals("0\n" + ANSWER, ask()));
    atMost(Duration.ofSeconds(1), fastest);
    assertEquals(new ProgramResult(0, ANSWER, ""), daemon.client().get("example.org"));
  }

  /**
   * If JDK 25 cannot open the pipes of a new process, it closes descriptors by the numbers of an
   * earlier process. A client that has such a number now would get the answer for another client.
   */
  @Test
  void f22_scriptIsNotStartedWithoutDescriptorsForItsPipes() {
    var script = "    \"*.example.net\": {script: 'echo bot:$RIG_REGISTRY', timeout: 10s}\n";
    var running = daemon.configured("values.yaml", STATIC + script).start();
    daemon.client().get("before.example.net").succeeded();
    var idle = new ArrayList<RawClient>();
    for (int i = 0; i < 60; i++) {
      idle.add(reaper.own(RawClient.connect(daemon.socket())));
    }
    Eventually.within(PATIENCE, () -> daemon.status().contains("\"open\" : 61"), daemon::status);

    // Enough for the script's file and for the first pipe.
    limitDescriptors(running, ProcFiles.descriptors(running.pid()) + 5);
    var starved = idle.removeFirst().send("get\nstarved.example.net").endOfRequest();
    Eventually.within(
        PATIENCE,
        () -> running.stderr().contains("no process, thread, descriptor"),
        running::stderr);
    assertFalse(running.stderr().contains("Cannot run program"), running::stderr);

    limitDescriptors(running, 4_096);
    assertEquals(
        "0\n" + NativeClient.answer("starved.example.net", "bot", "starved.example.net"),
        starved.rest());
    for (var client : idle) {
      assertEquals("0\n" + ANSWER, client.send("get\nexample.org").endOfRequest().rest());
    }
  }

  private static void limitDescriptors(Running running, int most) {
    Command.of(Tool.PRLIMIT.path(), "--pid", running.pid(), "--nofile=" + most + ":")
        .run()
        .succeeded();
  }

  @Test
  void f23_deletedSocketIsBoundAgainWithinFiveSeconds() throws IOException {
    daemon.configured("values.yaml", STATIC).start();
    Files.delete(daemon.socket());
    Eventually.within(Duration.ofSeconds(5), daemon::answers, () -> "it is bound again");
    assertEquals(new ProgramResult(0, ANSWER, ""), daemon.client().get("example.org"));
  }

  @Test
  void f24_secondDaemonEndsWithStatusThreeAndTheFirstLosesNothing() {
    daemon.configured("values.yaml", STATIC).start();
    Duration fastest;
    int asked;
    List<String> wrong;
    try (var asking = ClientLoad.of(1, daemon.client(), "example.org", ANSWER)) {
      // The fastest counts, because other processes of the machine may delay one.
      fastest =
          Stopwatch.fastest(
              6,
              i -> {
                var second = daemon.launch().finish(Duration.ofSeconds(10));
                assertEquals(3, second.status(), second::toString);
                assertTrue(second.stderr().contains(daemon.socket().toString()), second::toString);
              });
      asking.stop();
      asked = asking.asked();
      wrong = asking.wrong();
    }
    assertAll(
        () -> atMost(Duration.ofSeconds(1), fastest),
        () -> assertTrue(asked > 0),
        () -> assertEquals(List.of(), wrong),
        () -> assertEquals(ANSWER, daemon.client().get("example.org").stdout()));
  }

  @Test
  void f25_staleSocketOfAKilledDaemonIsReplacedWithinThreeSeconds() {
    var first = daemon.configured("values.yaml", STATIC).start();
    first.kill();
    first.finish(Duration.ofSeconds(5));
    assertTrue(Files.exists(daemon.socket(), LinkOption.NOFOLLOW_LINKS), "a stale socket is left");

    long began = System.nanoTime();
    daemon.launch();
    var outcome = daemon.client().get("example.org"); // waits for the daemon by itself
    var took = since(began);

    assertFalse(outcome.stdout().isEmpty());
    assertAll(
        () -> assertEquals(new ProgramResult(0, ANSWER, ""), outcome),
        () -> atMost(Duration.ofSeconds(3), took));
  }
}
