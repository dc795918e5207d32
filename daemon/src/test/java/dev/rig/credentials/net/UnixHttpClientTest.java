package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.net.HttpFailure.HttpFailureKind;
import dev.rig.credentials.testing.FakeTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixHttpClientTest {
  @TempDir private Path folder;
  private final FakeTime time = new FakeTime();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final CountDownLatch asked = new CountDownLatch(1);

  private ServerSocketChannel serve(String answer) throws IOException {
    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(folder.resolve("s.sock")));
    Thread.ofVirtual()
        .start(() -> {
          try (var channel = server.accept()) {
            var in =
                new BufferedReader(
                    new InputStreamReader(
                        Channels.newInputStream(channel), StandardCharsets.UTF_8));
            for (var line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
              lines.add(line);
            }
            channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            asked.countDown();
            in.read();
          } catch (IOException e) {
            // the client has closed
          }
        });
    return server;
  }

  private HttpResponse send(HttpRequest request) throws Exception {
    try (var client = new UnixHttpClient(folder.resolve("s.sock"), time.time())) {
      return client.send(request, RequestBudget.start(time.time().ticker()));
    }
  }

  @Test
  void aRequestIsAnsweredOverTheSocket() throws Exception {
    try (var server = serve("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")) {
      assertTrue(server.isOpen());
      var response = send(HttpRequest.get(UnixHttpClient.address("/v1/x?a=%2F")).with("A", "b"));
      assertEquals("{}", HttpFixture.text(response));
      assertEquals("GET /v1/x?a=%2F HTTP/1.1", lines.getFirst());
      assertTrue(lines.contains("Host: localhost"), lines::toString);
      assertTrue(lines.contains("A: b"), lines::toString);
    }
  }

  @Test
  void missingSocketIsReportedAsNoListener() {
    var request =
        HttpRequest.post(UnixHttpClient.address("/"), "application/json", Secret.of("{}"));
    var failure = assertThrows(HttpFailure.class, () -> send(request));
    assertEquals(HttpFailureKind.NO_LISTENER, failure.kind(), failure.getMessage());
    assertEquals("No such file or directory", failure.getMessage());
  }

  @Test
  void aSilentServerIsCutOff() throws Exception {
    try (var server = serve("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{")) {
      assertTrue(server.isOpen());
      var answer =
          CompletableFuture.supplyAsync(() ->
              assertThrows(
                  HttpFailure.class, () -> send(HttpRequest.get(UnixHttpClient.address("/")))));
      asked.await();
      time.advance(Duration.ofSeconds(10));
      assertEquals(HttpFailureKind.TOO_SLOW, answer.get().kind());
    }
  }
}
