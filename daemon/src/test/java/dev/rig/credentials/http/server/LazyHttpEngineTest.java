package dev.rig.credentials.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.socket.PeerStream;
import dev.rig.credentials.socket.StreamServer;
import dev.rig.credentials.socket.bind.SocketLimits;
import dev.rig.credentials.socket.bind.TcpBinding;
import dev.rig.credentials.testing.FakeTime;
import io.helidon.webserver.http.HttpRouting;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** F37: requests that never become complete. */
@Timeout(60)
final class LazyHttpEngineTest {
  private static final Duration STEP = Duration.ofSeconds(1);

  private final FakeTime time = new FakeTime();

  private final CountDownLatch arrived = new CountDownLatch(1);

  /** Notes when the bytes of the incomplete request have arrived. */
  private StreamServer.Protocol noting(StreamServer.Protocol protocol, int length) {
    return interim -> {
      var framing = protocol.framing(interim);
      if (length == 0) {
        arrived.countDown();
      }
      return new StreamServer.Framing() {
        @Override
        public boolean isCompleteWith(byte[] bytes, int from, int to) {
          boolean complete = framing.isCompleteWith(bytes, from, to);
          if (to == length) {
            arrived.countDown();
          }
          return complete;
        }

        @Override
        public void serve(PeerStream stream) {
          framing.serve(stream);
        }

        @Override
        public byte[] timeoutAnswer() {
          return framing.timeoutAnswer();
        }
      };
    };
  }

  /** Returns what the client receives until its connection is closed. */
  private String received(String request) throws Exception {
    var loopback = InetAddress.ofLiteral("127.0.0.1");
    var binding = TcpBinding.listen(new InetSocketAddress(loopback, 0), 1);
    var engine = new LazyHttpEngine("test", HttpRouting::builder, time.time().ticker());
    try (var _ =
            StreamServer.open(
                binding,
                SocketLimits.standard(),
                noting(engine, request.length()),
                "test",
                time.time());
        var client = new Socket(loopback, binding.address().getPort())) {
      client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      arrived.await();
      var clock =
          Thread.ofVirtual()
              .start(() -> {
                while (!Thread.interrupted()) {
                  time.advance(STEP);
                  Thread.onSpinWait();
                }
              });
      var text = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      clock.interrupt();
      clock.join();
      return text;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "G",
        "GET / HTTP/1.1\r\nHost: localhost\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
      })
  void incompleteRequestIsAnsweredAtItsDeadline(String request) throws Exception {
    var answer = received(request);
    assertTrue(answer.startsWith("HTTP/1.1 408 Request Timeout\r\n"), answer);
    assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
    assertTrue(
        answer.endsWith(
            ",\"detail\":\"the request was incomplete for too"
                + " long\",\"reason\":\"requestTimeout\"}"),
        answer);
  }

  @ParameterizedTest
  @ValueSource(strings = "")
  void connectionWithoutAByteIsClosedWithoutAnAnswer(String request) throws Exception {
    assertEquals("", received(request));
  }
}
