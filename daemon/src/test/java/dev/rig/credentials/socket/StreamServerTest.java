package dev.rig.credentials.socket;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.socket.bind.SocketLimits;
import dev.rig.credentials.socket.bind.TcpBinding;
import dev.rig.credentials.testing.FakeTime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** F36: the check of the watchdog. */
@Timeout(60)
final class StreamServerTest {
  /** As many requests as are answered at a time. */
  private static final int THREADS = 64;

  private final Semaphore begun = new Semaphore(0);
  private final CountDownLatch over = new CountDownLatch(1);

  /** Answers a request of one byte when the test decides. */
  private final class SlowRequest implements StreamServer.Framing {
    @Override
    public boolean isCompleteWith(byte[] bytes, int from, int to) {
      return true;
    }

    @Override
    public void serve(PeerStream stream) {
      begun.release();
      try {
        over.await();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public byte[] timeoutAnswer() {
      return new byte[0];
    }
  }

  @Test
  void slowRequestsOnAllThreadsDoNotCountAsAListenerThatHangs() throws Exception {
    var loopback = InetAddress.ofLiteral("127.0.0.1");
    var binding = TcpBinding.listen(new InetSocketAddress(loopback, 0), 128);
    var clients = new ArrayList<Socket>();
    try (var server =
        StreamServer.open(
            binding,
            SocketLimits.standard(),
            _ -> new SlowRequest(),
            "test",
            new FakeTime().time())) {
      for (int waiting : List.of(0, 20)) {
        for (int i = 0; i < (waiting == 0 ? THREADS : waiting); i++) {
          var client = new Socket(loopback, binding.address().getPort());
          client.getOutputStream().write('x');
          clients.add(client);
        }
        if (waiting == 0) {
          begun.acquire(THREADS);
        }
        var answered = new CountDownLatch(1);
        server.ifServing(answered::countDown);
        assertTrue(answered.await(10, TimeUnit.SECONDS), waiting + " requests wait");
      }
      over.countDown();
    } finally {
      over.countDown();
      for (var client : clients) {
        client.close();
      }
    }
  }
}
