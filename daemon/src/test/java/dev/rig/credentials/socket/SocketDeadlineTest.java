package dev.rig.credentials.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.socket.bind.SocketLimits;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.wire.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The deadlines of T9. */
@Timeout(60)
final class SocketDeadlineTest {
  @TempDir private Path folder;

  private final FakeTime time = new FakeTime();
  private final Answers answers = new Answers();
  private Path path;
  private SocketServer server;

  @BeforeEach
  void open() {
    path = folder.resolve("s");
    var limits = SocketLimits.standard().withConnections(1500, 1500);
    server = SocketServer.open(SocketOptions.at(path).withLimits(limits), answers, time.time());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Client connected(int count) {
    var client = Client.connect(path);
    Client.until(() -> server.counts().open() == count);
    return client;
  }

  private void assertOpenAfter(Client client, Duration duration) {
    time.advance(duration);
    Client.settle(path);
    assertTrue(client.isOpen());
  }

  private void assertClosedAfter(Client client, Duration duration) {
    time.advance(duration);
    assertEquals(0, client.rest().length);
    assertEquals(1, server.counts().timedOut());
  }

  /** F17. */
  @Test
  void idleConnectionIsClosedAtThirtySeconds() {
    try (var idle = connected(1)) {
      assertOpenAfter(idle, Duration.ofMillis(29_800));
      assertClosedAfter(idle, Duration.ofMillis(300));
    }
  }

  /** F17: a thousand idle connections, while others are answered. */
  @Test
  void thousandIdleConnectionsBlockNoClientAndAreClosedAtThirtySeconds() {
    List<Client> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        idle.add(Client.connect(path));
      }
      Client.until(() -> server.counts().open() == 1000);
      long[] nanos = new long[2000];
      for (int i = 0; i < nanos.length; i++) {
        long start = System.nanoTime();
        assertEquals(0, Client.ask(path, "get\nx").status());
        nanos[i] = System.nanoTime() - start;
      }
      java.util.Arrays.sort(nanos);
      long p99 = nanos[nanos.length * 99 / 100];
      assertTrue(p99 <= 20_000_000, "p99 is " + p99 / 1000 + " µs");
      assertEquals(1000, server.counts().open());
      time.advance(Duration.ofSeconds(31));
      Client.until(() -> server.counts().open() == 0);
      assertEquals(1000, server.counts().timedOut());
    } finally {
      idle.forEach(Client::close);
    }
  }

  /** F18: a half-open connection with a complete request is answered. */
  @Test
  void halfOpenConnectionWithACompleteRequestIsAnswered() {
    try (var client = connected(1)) {
      client.send("get\nx").end();
      assertEquals(0, client.reply().status());
    }
  }

  /** F18: one byte per second does not move the deadline. */
  @Test
  void partialRequestIsClosedFiveSecondsAfterItsFirstByte() {
    try (var slow = connected(1)) {
      time.advance(Duration.ofSeconds(20));
      slow.send("g");
      Client.settle(path);
      for (int second = 1; second <= 4; second++) {
        assertOpenAfter(slow, Duration.ofSeconds(1));
        slow.send("e");
        Client.settle(path);
      }
      assertOpenAfter(slow, Duration.ofMillis(800));
      assertClosedAfter(slow, Duration.ofMillis(300));
      assertEquals(0, server.counts().requests() % 2, "only the settling questions were handled");
    }
  }

  /** F19: the client reads nothing of an answer that does not fit the kernel's buffers. */
  @Test
  void clientThatNeverReadsIsDroppedTwoSecondsAfterItsAnswer() {
    try (var deaf = connected(1)) {
      deaf.send("list\n").end();
      Client.settle(path);
      assertEquals(1, server.counts().open());
      time.advance(Duration.ofMillis(1900));
      Client.settle(path);
      assertEquals(1, server.counts().open());
      time.advance(Duration.ofMillis(300));
      Client.until(() -> server.counts().open() == 0);
      assertTrue(deaf.rest().length < 4 * 1024 * 1024);
    }
  }

  /** F19: such clients occupy no thread, because there is only one. */
  @Test
  void clientsThatNeverReadHoldNoThread() {
    List<Client> deaf = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        deaf.add(Client.connect(path).send("list\n").end());
      }
      Client.until(() -> server.counts().requests() == 50);
      long threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("rig-socket"))
              .count();
      assertEquals(1, threads);
      assertEquals(0, Client.ask(path, "get\nx").status());
    } finally {
      deaf.forEach(Client::close);
    }
  }

  @Test
  void handlerHasLongerThanTheClientWaits() {
    try (var patient = connected(1)) {
      patient.send("kubelet\n").end();
      Client.until(() -> answers.waiting() == 1);
      assertOpenAfter(patient, Duration.ofSeconds(46));
      answers.release(Reply.text(0, "late"));
      assertEquals(0, patient.reply().status());
    }
  }

  @Test
  void handlerThatNeverAnswersDoesNotKeepTheConnection() {
    try (var patient = connected(1)) {
      patient.send("kubelet\n").end();
      Client.until(() -> answers.waiting() == 1);
      assertClosedAfter(patient, Duration.ofSeconds(51));
    }
  }

  @Test
  void noTimerRunsForConnectionsWhileThereAreNone() {
    Client.settle(path);
    Client.until(() -> server.counts().open() == 0);
    time.advance(Duration.ofSeconds(1));
    assertEquals(1, time.pending(), "the watch of the file alone");
    assertFalse(server.counts().timedOut() > 0);
  }
}
