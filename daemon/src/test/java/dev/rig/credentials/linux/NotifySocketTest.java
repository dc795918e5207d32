package dev.rig.credentials.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class NotifySocketTest {
  @TempDir private Path folder = Path.of("");

  /** Returns what a manager at the address receives of two messages. */
  private static String heard(String address, String variable) throws IOException {
    try (var manager = UnixDatagramChannel.open()) {
      manager.bind(new UnixSocketAddress(address));
      try (var socket = NotifySocket.of(Map.of("NOTIFY_SOCKET", variable)).orElseThrow()) {
        socket.send("READY=1\nSTATUS=süß");
        socket.send("STOPPING=1");
      }
      return next(manager) + "|" + next(manager);
    }
  }

  private static String next(UnixDatagramChannel manager) throws IOException {
    var buffer = ByteBuffer.allocate(256);
    manager.receive(buffer);
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
  }

  @Test
  void managerAtAPathReceivesEachMessage() throws IOException {
    var path = folder.resolve("notify").toString();
    assertEquals("READY=1\nSTATUS=süß|STOPPING=1", heard(path, path));
  }

  @Test
  void managerAtAnAbstractNameReceivesEachMessage() throws IOException {
    var name = "rig-notify-" + UUID.randomUUID();
    assertEquals("READY=1\nSTATUS=süß|STOPPING=1", heard("\0" + name, "@" + name));
  }

  @Test
  void missingListenerIsNoFailure() {
    var nobody = Map.of("NOTIFY_SOCKET", folder.resolve("nobody").toString());
    var socket = NotifySocket.of(nobody).orElseThrow();
    socket.send("READY=1");
    socket.close();
    socket.close();
    socket.send("READY=1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "@", "notify", "vsock:2:1234"})
  void invalidAddressIsIgnored(String name) {
    assertTrue(NotifySocket.of(Map.of("NOTIFY_SOCKET", name)).isEmpty());
  }

  @Test
  void nameThatIsTooLongIsIgnored() {
    var longest = Map.of("NOTIFY_SOCKET", "/" + "x".repeat(107));
    NotifySocket.of(longest).orElseThrow().close();
    var longer = Map.of("NOTIFY_SOCKET", "/" + "x".repeat(108));
    assertTrue(NotifySocket.of(longer).isEmpty());
  }

  @Test
  void clockIsTheKernelsMonotonicOne() {
    long before = System.nanoTime() / 1000; // the same clock, for a JVM on Linux
    long read = NotifySocket.monotonicMicros();
    assertTrue(before <= read && read <= System.nanoTime() / 1000 + 1, () -> before + " " + read);
  }
}
