package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.net.HttpFailure.HttpFailureKind;
import dev.rig.credentials.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** F29: an exchange ends when its time is over, in every state. */
class HttpDeadlineTest {
  /** The stage at which the other side stops. */
  enum Stage {
    CONNECT,
    HANDSHAKE,
    STATUS,
    HEADER,
    BODY,
    CHUNK,
    PROXY
  }

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (var one : open) {
      one.close();
    }
  }

  /** Starts a server that reads nothing and sends only this text. */
  private ServerSocket silent(String text, CountDownLatch reached) throws IOException {
    var server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    open.add(server);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              var socket = server.accept();
              open.add(socket);
              socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
              socket.getOutputStream().flush();
              reached.countDown();
            }
          } catch (IOException e) {
            // closed
          }
        });
    return server;
  }

  /** Starts a server whose queue of connections is full, so that the next one waits. */
  private ServerSocket full() throws IOException {
    var server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    open.add(server);
    for (int i = 0; i < 2; i++) {
      var socket = new Socket();
      open.add(socket);
      socket.connect(server.getLocalSocketAddress());
    }
    return server;
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void anExchangeIsCutOffAtItsDeadline(Stage stage) throws Exception {
    var reached = new CountDownLatch(1);
    var head = "HTTP/1.1 200 OK\r\n";
    var server =
        switch (stage) {
          case CONNECT -> full();
          case HANDSHAKE, STATUS, PROXY -> silent("", reached);
          case HEADER -> silent(head + "X: ", reached);
          case BODY -> silent(head + "Content-Length: 3\r\n\r\n{", reached);
          case CHUNK -> silent(head + "Transfer-Encoding: chunked\r\n\r\n3\r\n{", reached);
        };
    int port = server.getLocalPort();
    boolean tls = stage == Stage.HANDSHAKE || stage == Stage.PROXY;
    var proxy = stage == Stage.PROXY ? URI.create("http://127.0.0.1:" + port) : null;
    var fixture = new HttpFixture(port, List.of(), proxy);
    var answer =
        CompletableFuture.supplyAsync(() -> {
          try {
            return fixture.send(HttpFixture.get(tls ? "https" : "http", port, "/"));
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        });
    if (stage == Stage.CONNECT) {
      Eventually.within(Duration.ofSeconds(5), () -> fixture.time.pending() > 0, stage::toString);
    } else {
      reached.await();
    }
    fixture.time.advance(Duration.ofMillis(9_999));
    assertTrue(!answer.isDone());
    long from = System.nanoTime();
    fixture.time.advance(Duration.ofMillis(1));
    var failed = assertThrows(ExecutionException.class, answer::get);
    var took = Duration.ofNanos(System.nanoTime() - from);
    var failure = assertInstanceOf(HttpFailure.class, failed.getCause());
    assertEquals(HttpFailureKind.TOO_SLOW, failure.kind(), failure.getMessage());
    assertTrue(took.toMillis() < 500, took::toString);
  }

  @Test
  void waitingForAConnectionOfThePoolCountsToo() throws Exception {
    var reached = new CountDownLatch(8);
    int port = silent("", reached).getLocalPort();
    var fixture = new HttpFixture(port, List.of(), null);
    var answers = new ArrayList<CompletableFuture<HttpFailureKind>>();
    for (int i = 0; i < 9; i++) {
      answers.add(
          CompletableFuture.supplyAsync(
              () -> fixture.failure(HttpFixture.get("http", port, "/")).kind(),
              Thread::startVirtualThread));
    }
    reached.await();
    Eventually.within(
        Duration.ofSeconds(5), () -> fixture.time.pending() >= 9, () -> "nine deadlines");
    fixture.time.advance(Duration.ofSeconds(10));
    for (var answer : answers) {
      assertEquals(HttpFailureKind.TOO_SLOW, answer.get());
    }
  }

  @Test
  void noTimeLeftSendsNothing() throws Exception {
    var fixture = new HttpFixture(1, List.of(), null);
    var budget = fixture.budget();
    fixture.time.advance(Duration.ofSeconds(10));
    var failure =
        assertThrows(
            HttpFailure.class,
            () ->
                fixture.client.send(HttpFixture.get("http", 1, "/"), NetworkZone.LOOPBACK, budget));
    assertEquals(HttpFailureKind.TOO_SLOW, failure.kind());
    assertEquals(List.of(), fixture.lookups);
  }

  @Test
  void anInterruptEndsAnExchange() throws Exception {
    var reached = new CountDownLatch(1);
    int port = silent("", reached).getLocalPort();
    var fixture = new HttpFixture(port, List.of(), null);
    var ended = new CompletableFuture<Throwable>();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                fixture.send(HttpFixture.get("http", port, "/"));
              } catch (Exception e) {
                ended.complete(e);
              }
            });
    reached.await();
    thread.interrupt();
    assertInstanceOf(InterruptedException.class, ended.get());
  }
}
