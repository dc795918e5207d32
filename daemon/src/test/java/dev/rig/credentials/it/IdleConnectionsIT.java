package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F17, during other tests: half a minute passes without any action. */
@Order(8)
class IdleConnectionsIT {
  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  @Test
  void t9_f17_thousandIdleConnectionsAreClosedAtThirtySeconds() throws IOException {
    var daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
    SocketFaultsIT.startForAllUsers(daemon);
    long began = System.nanoTime();
    var idle = SocketFaultsIT.thousandIdle(reaper, daemon);
    long connected = System.nanoTime();
    assertTrue(since(began).toSeconds() < 29, "the machine is too slow to tell");
    assertTrue(idle.stream().noneMatch(RawClient::isClosed), "idle ones are open");

    assertEquals("", idle.getFirst().rest());
    var first = since(began);
    assertEquals("", idle.getLast().rest());
    var last = since(connected);
    Eventually.within(
        Duration.ofSeconds(3),
        () -> idle.stream().allMatch(RawClient::isClosed),
        () -> "all of them are closed");
    assertTrue(first.toMillis() >= 29_900, () -> "closed after " + first);
    assertTrue(last.compareTo(Duration.ofSeconds(32)) <= 0, () -> "closed after " + last);
  }
}
