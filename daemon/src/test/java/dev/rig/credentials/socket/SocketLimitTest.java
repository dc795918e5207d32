package dev.rig.credentials.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.socket.bind.SocketLimits;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.time.SystemScheduler;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The limits of T9. */
@Timeout(60)
final class SocketLimitTest {
  @TempDir private Path folder;

  private final FakeTime time = new FakeTime();

  private SocketServer open(int total, int perUser) {
    var limits = SocketLimits.standard().withConnections(total, perUser);
    return SocketServer.open(
        SocketOptions.at(folder.resolve("s")).withLimits(limits), new Answers(), time.time());
  }

  @Test
  void standardLimitsAreThoseOfTheDesign() {
    assertEquals(1024, SocketLimits.standard().connections());
    assertEquals(256, SocketLimits.standard().connectionsPerUser());
  }

  @Test
  void connectionTooManyIsClosedWithoutAByteSoThatTheClientRetries() {
    for (int[] limits : new int[][] {{3, 100}, {100, 3}}) {
      try (var server = open(limits[0], limits[1]);
          var one = Client.connect(server.path());
          var two = Client.connect(server.path());
          var three = Client.connect(server.path())) {
        Client.until(() -> server.counts().open() == 3);
        try (var four = Client.connect(server.path())) {
          assertEquals(0, four.rest().length);
        }
        assertEquals(1, server.counts().refused());
        assertTrue(one.isOpen() && two.isOpen() && three.isOpen());
      }
    }
  }

  @Test
  void oldestIdleConnectionMakesRoomForANewOne() {
    try (var server = open(100, 3);
        var busy = Client.connect(server.path())) {
      Client.until(() -> server.counts().open() == 1);
      busy.send("ge");
      try (var oldest = Client.connect(server.path())) {
        Client.until(() -> server.counts().open() == 2);
        try (var younger = Client.connect(server.path())) {
          Client.until(() -> server.counts().open() == 3);
          time.advance(Duration.ofSeconds(1));
          assertEquals(0, Client.ask(server.path(), "get\nx").status());
          assertEquals(0, oldest.rest().length);
          assertTrue(younger.isOpen());
          assertEquals(0, busy.send("t\nx").end().reply().status());
        }
      }
      assertEquals(1, server.counts().evicted());
      assertEquals(0, server.counts().refused());
    }
  }

  /** T9: requests that are never finished cannot fill the memory. */
  @Test
  void requestsThatAreNotFinishedHoldALimitedNumberOfBytes() {
    var limits = SocketLimits.standard().withBuffered(64 * 1024);
    try (var server =
            SocketServer.open(
                SocketOptions.at(folder.resolve("s")).withLimits(limits),
                new Answers(),
                time.time());
        var one = Client.connect(server.path()).send("get\n" + "x".repeat(40_000));
        var two = Client.connect(server.path()).send("get\n" + "x".repeat(40_000))) {
      Client.until(() -> server.counts().refused() == 1);
      Client.until(() -> server.counts().open() == 1);
      assertEquals(0, Client.ask(server.path(), "get\nx").status());
      var left = one.isOpen() ? one : two;
      assertEquals(0, left.end().reply().status());
      assertEquals(0, Client.ask(server.path(), "get\n" + "x".repeat(60_000)).status());
    }
  }

  /** F20: far more clients than the backlog holds; those that retry are all answered. */
  @Test
  void clientsThatRetryAreAllAnsweredThoughTheBacklogIsFull() throws Exception {
    var limits =
        new SocketLimits(
            1024,
            1024,
            1,
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(50),
            Duration.ofSeconds(1),
            16 * 1024 * 1024,
            Duration.ofSeconds(5));
    try (var scheduler = new SystemScheduler();
        var server =
            SocketServer.open(
                SocketOptions.at(folder.resolve("s")).withLimits(limits),
                new Answers(),
                scheduler.time());
        var clients = Executors.newFixedThreadPool(32)) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        all.add(clients.submit(() -> askUntilAnswered(server.path())));
      }
      for (var one : all) {
        assertEquals(0, one.get());
      }
      assertEquals(2000, server.counts().requests());
      assertEquals(0, server.counts().pauses());
    }
  }

  private static int askUntilAnswered(Path path) {
    while (true) {
      try {
        return Client.ask(path, "get\nx").status();
      } catch (UncheckedIOException full) {
        LockSupport.parkNanos(50_000);
      }
    }
  }
}
