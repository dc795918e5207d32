package dev.rig.credentials.net;

import static dev.rig.credentials.testing.registry.HostileRegistry.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.net.HttpFailure.HttpFailureKind;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.registry.HostileRegistry;
import dev.rig.credentials.testing.registry.TestAuthority;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptConnectionsTest {
  @TempDir private Path folder;

  private static HostileRegistry keeping() {
    return HostileRegistry.start((asked, out) -> reply(out, 200, "{}")).keepingAlive();
  }

  @Test
  void aConnectionServesOneRequestAfterAnother() throws Exception {
    try (var server = keeping()) {
      var fixture = new HttpFixture(server);
      for (int i = 0; i < 20; i++) {
        fixture.get(server, "/" + i);
      }
      assertEquals(20, server.asked().size());
      assertEquals(1, server.connections());
    }
  }

  @Test
  void aConnectionWithTlsIsKept() throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    var file = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    try (var server = keeping().with(authority.server(HttpFixture.HOST))) {
      var fixture = new HttpFixture(server.port(), List.of(file), null);
      fixture.send(HttpFixture.get("https", server.port(), "/"));
      fixture.send(HttpFixture.get("https", server.port(), "/"));
      assertEquals(1, server.connections());
    }
  }

  @Test
  void noMoreConnectionsAreOpenedThanThePoolHolds() throws Exception {
    try (var server = keeping();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var fixture = new HttpFixture(server);
      var running = new ArrayList<Future<HttpResponse>>();
      for (int i = 0; i < 200; i++) {
        running.add(threads.submit(() -> fixture.get(server, "/")));
      }
      for (var one : running) {
        assertEquals(200, one.get().status());
      }
      assertTrue(server.connections() <= 8, () -> server.connections() + " connections");
    }
  }

  @Test
  void aConnectionThatTheOtherSideClosedIsReplacedOnce() throws Exception {
    try (var server = HostileRegistry.start((asked, out) -> reply(out, 200, "{}"))) {
      var fixture = new HttpFixture(server);
      fixture.get(server, "/1"); // it closes the connection without saying so
      assertEquals(200, fixture.get(server, "/2").status());
      assertEquals(2, server.asked().size());
    }
  }

  @Test
  void nothingIsSentTwiceOnceAnAnswerHasBegun() throws Exception {
    var requests = new AtomicInteger();
    try (var server =
        HostileRegistry.start(
                (asked, out) -> {
                  if (requests.incrementAndGet() == 1) {
                    reply(out, 200, "{}");
                  } else {
                    out.write("HTTP/1.1 2".getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    throw new java.io.IOException("and gone");
                  }
                })
            .keepingAlive()) {
      var fixture = new HttpFixture(server);
      fixture.get(server, "/");
      fixture.failure(server);
      assertEquals(2, server.asked().size());
    }
  }

  /** Bytes after a complete response would be read as the next response. */
  @ParameterizedTest
  @CsvSource({"http, 0", "http, 20", "https, 0", "https, 20"})
  void unrequestedBytesAreNotTheNextResponse(String scheme, int later) throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    var file = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    var sent = new CountDownLatch(1);
    var server =
        HostileRegistry.start(
                (asked, out) -> {
                  reply(out, 200, "{}");
                  if (asked.target().equals("/1")) {
                    LockSupport.parkNanos(Duration.ofMillis(later).toNanos());
                    out.write(
                        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
                            .getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    sent.countDown();
                  }
                })
            .keepingAlive();
    try (var _ =
        scheme.equals("https") ? server.with(authority.server(HttpFixture.HOST)) : server) {
      var fixture = new HttpFixture(server.port(), List.of(file), null);
      fixture.send(HttpFixture.get(scheme, server.port(), "/1"));
      sent.await();
      var second = fixture.send(HttpFixture.get(scheme, server.port(), "/2"));
      assertEquals("{}", HttpFixture.text(second));
      assertEquals(2, server.connections());
    }
  }

  @Test
  void aNewConnectionThatBreaksIsNotReplaced() {
    try (var server =
        HostileRegistry.start((asked, out) -> {
          throw new java.io.IOException("gone");
        })) {
      assertEquals(HttpFailureKind.BROKEN, new HttpFixture(server).failure(server).kind());
      assertEquals(1, server.asked().size());
    }
  }

  @Test
  void anAnswerThatWasCutOffDoesNotLeaveItsRestToTheNext() throws Exception {
    try (var server =
        HostileRegistry.start(
                (asked, out) -> {
                  if (asked.target().equals("/large")) {
                    out.write(
                        "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                  } else {
                    reply(out, 200, "{}");
                  }
                })
            .keepingAlive()) {
      var fixture = new HttpFixture(server);
      fixture.get(server, "/");
      assertEquals(
          HttpFailureKind.INVALID,
          fixture.failure(HttpFixture.get("http", server.port(), "/large")).kind());
      assertEquals("{}", HttpFixture.text(fixture.get(server, "/")));
      assertEquals(2, server.connections());
    }
  }

  @Test
  void directConnectionIsNotReusedForAProxy() throws Exception {
    try (var server = keeping()) {
      new HttpFixture(server).get(server, "/");
      var proxied =
          new HttpFixture(server.port(), List.of(), URI.create("http://" + server.host()));
      proxied.get(server, "/");
      assertEquals(2, server.connections());
      assertEquals(
          List.of("/", "http://registry.test:" + server.port() + "/"),
          server.asked().stream().map(HostileRegistry.Asked::target).toList());
    }
  }

  @Test
  void anotherAddressOfANameIsAnotherConnection() throws Exception {
    try (var one = keeping();
        var other =
            HostileRegistry.start("127.0.0.2", one.port(), (asked, out) -> reply(out, 200, "{}"))) {
      var addresses = new ArrayList<>(List.of("127.0.0.1"));
      var fixture = new HttpFixture(one.port(), List.of(), null, HttpTransport.IDLE, addresses);
      fixture.get(one, "/");
      addresses.set(0, "127.0.0.2");
      fixture.get(one, "/");
      assertEquals(1, one.asked().size());
      assertEquals(1, other.asked().size());
    }
  }

  @Test
  void aConnectionIsClosedAfter30SecondsWithoutARequest() throws Exception {
    var closed = new CompletableFuture<Integer>();
    try (var server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.ofVirtual()
          .start(() -> {
            try (var socket = server.accept()) {
              var in = socket.getInputStream();
              for (int i = 0; i < 2; i++) {
                in.read(new byte[4096]);
                socket
                    .getOutputStream()
                    .write("HTTP/1.1 204 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              }
              closed.complete(in.read());
            } catch (java.io.IOException e) {
              closed.completeExceptionally(e);
            }
          });
      var fixture = new HttpFixture(server.getLocalPort(), List.of(), null);
      var get = HttpFixture.get("http", server.getLocalPort(), "/");
      fixture.send(get);
      fixture.time.advance(Duration.ofSeconds(29));
      fixture.send(get);
      // 30 s after the first request its client checks on another thread, which must see that time.
      fixture.time.advance(Duration.ofSeconds(1));
      Eventually.within(
          Duration.ofSeconds(60), () -> fixture.time.pending() == 1, () -> "it looks again");
      fixture.time.advance(Duration.ofSeconds(28));
      assertThrows(TimeoutException.class, () -> closed.get(100, TimeUnit.MILLISECONDS));
      fixture.time.advance(Duration.ofSeconds(1));
      assertEquals(-1, closed.get(60, TimeUnit.SECONDS));
    }
  }
}
