package dev.rig.credentials.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class SocketServerTest {
  @TempDir private Path folder;

  private final FakeTime time = new FakeTime();
  private final Answers answers = new Answers();
  private Path path;
  private SocketServer server;

  @BeforeEach
  void open() {
    path = folder.resolve("s");
    server = SocketServer.open(SocketOptions.at(path), answers, time.time());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static String body(Reply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  @Test
  void completeRequestIsAnswered() {
    var reply = Client.ask(path, "get\nghcr.io/acme");
    assertEquals(0, reply.status());
    assertEquals("ghcr.io/acme", body(reply));
    assertEquals(1, server.counts().requests());
  }

  @Test
  void requestInSingleBytesIsPutTogether() {
    try (var client = Client.connect(path)) {
      for (char c : "get\nx".toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertEquals("x", body(client.end().reply()));
    }
  }

  @Test
  void nothingIsAnsweredBeforeTheClientClosesItsWritingSide() {
    try (var client = Client.connect(path)) {
      client.send("get\nx");
      Client.settle(path);
      assertTrue(client.isOpen());
      assertEquals("x", body(client.end().reply()));
    }
  }

  @Test
  void handlerMayAnswerLaterFromAnotherThread() {
    try (var client = Client.connect(path)) {
      client.send("kubelet\n{}").end();
      Client.until(() -> answers.waiting() == 1);
      assertTrue(client.isOpen());
      answers.release(Reply.text(0, "late"));
      assertEquals("late\n", body(client.reply()));
    }
  }

  @Test
  void oneSlowAnswerDelaysNoOtherClient() {
    try (var slow = Client.connect(path)) {
      slow.send("kubelet\n").end();
      Client.until(() -> answers.waiting() == 1);
      for (int i = 0; i < 100; i++) {
        assertEquals("x", body(Client.ask(path, "get\nx")));
      }
      answers.release(Reply.text(0, "slow"));
      assertEquals("slow\n", body(slow.reply()));
    }
  }

  @Test
  void malformedRequestGetsStatusOneAndAMessage() {
    var reply = Client.ask(path, "steal\nx");
    assertEquals(1, reply.status());
    assertEquals("rig-credentials: unknown action\n", body(reply));
    assertEquals(1, server.counts().malformed());
    assertEquals(0, server.counts().requests());
  }

  @Test
  void emptyRequestIsMalformed() {
    assertEquals(1, Client.ask(path, "").status());
  }

  @Test
  void failureOfAHandlerIsAnsweredWithoutDetails() {
    for (String action : new String[] {"store", "erase"}) {
      var reply = Client.ask(path, action + "\nx");
      assertEquals(1, reply.status());
      assertFalse(body(reply).contains("expected"));
    }
    assertEquals(0, Client.ask(path, "get\nx").status());
  }

  @Test
  void largestRequestIsServed() {
    var payload = "x".repeat(Wire.REQUEST_LIMIT - "get\n".length());
    assertEquals(payload, body(Client.ask(path, "get\n" + payload)));
  }

  /** T9: the client sends all of it, and can still read the reason for the rejection. */
  @Test
  void largerRequestIsRefusedWithAMessageEvenWhileTheClientWrites() {
    try (var client = Client.connect(path)) {
      byte[] tooMuch = new byte[3 * 1024 * 1024];
      Arrays.fill(tooMuch, (byte) 'x');
      var reply = client.send("get\n").send(tooMuch).end().reply();
      assertEquals(1, reply.status());
      assertEquals("rig-credentials: request is larger than 256 KiB\n", body(reply));
    }
    assertEquals(0, server.counts().requests());
  }

  /** T9: but the client cannot send forever. */
  @Test
  void largerRequestIsCutOffTwoSecondsAfterItsAnswer() {
    try (var client = Client.connect(path)) {
      client.send(new byte[Wire.REQUEST_LIMIT + 1]);
      Client.until(() -> server.counts().malformed() == 1);
      Client.settle(path);
      assertEquals(1, server.counts().open());
      time.advance(Duration.ofMillis(2100));
      Client.until(() -> server.counts().open() == 0);
      assertEquals(1, server.counts().timedOut());
    }
  }

  @Test
  void answerOfMegabytesArrivesComplete() {
    assertArrayEquals(new byte[4 * 1024 * 1024], Client.ask(path, "list\n").body());
  }

  @Test
  void clientThatClosesIsForgottenBeforeItsAnswer() {
    try (var client = Client.connect(path)) {
      client.send("kubelet\n").end();
      Client.until(() -> answers.waiting() == 1);
    }
    Client.until(() -> server.counts().open() == 0);
    answers.release(Reply.text(0, "for nobody"));
    Client.settle(path);
    assertTrue(server.health().healthy());
  }

  @Test
  void descriptorsStaySteadyOverThousandsOfRequests() throws Exception {
    Client.settle(path);
    long before = descriptors();
    for (int i = 0; i < 3000; i++) {
      Client.ask(path, i % 3 == 0 ? "steal\n" : "get\nx");
    }
    Client.until(() -> server.counts().open() == 0);
    assertTrue(descriptors() <= before + 2, "before " + before + ", after " + descriptors());
  }

  private static long descriptors() throws Exception {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void closeLetsAnAnswerInFlightFinishAndRemovesTheFile() throws Exception {
    try (var owed = Client.connect(path);
        var idle = Client.connect(path)) {
      owed.send("kubelet\n").end();
      Client.until(() -> answers.waiting() == 1 && server.counts().open() == 2);
      var closing = Thread.ofPlatform().start(server::close);
      assertEquals(0, idle.rest().length);
      Client.until(() -> Files.notExists(path));
      assertTrue(closing.isAlive());
      answers.release(Reply.text(0, "in time"));
      assertEquals("in time\n", body(owed.reply()));
      closing.join();
    }
    assertFalse(server.health().healthy());
  }

  @Test
  void closeGivesUpOnAnAnswerThatDoesNotCome() throws Exception {
    try (var owed = Client.connect(path)) {
      owed.send("kubelet\n").end();
      Client.until(() -> answers.waiting() == 1);
      int timers = time.pending();
      var closing = Thread.ofPlatform().start(server::close);
      Client.until(() -> time.pending() > timers);
      time.advance(Duration.ofSeconds(5));
      closing.join();
      assertEquals(0, owed.rest().length);
    }
  }

  @Test
  void closeDoesNotRemoveAFileThatIsNotOurs() throws Exception {
    Files.delete(path);
    Files.writeString(path, "another's");
    server.close();
    assertEquals("another's", Files.readString(path));
  }
}
