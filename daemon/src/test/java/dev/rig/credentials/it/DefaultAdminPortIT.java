package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.HttpOverTcp;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** F40 for the default admin port. */
@Isolated("it takes that port")
class DefaultAdminPortIT {
  private static final int DEFAULT_PORT = 9465;
  private static final String STATIC =
      """
      rig:
        dockerRegistries:
          example.org: {username: bot, password: from-the-file}
      """;
  private static final ProgramResult ANSWER =
      new ProgramResult(0, NativeClient.answer("example.org", "bot", "from-the-file"), "");

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  @Test
  void f40_adminPortOfTheDefaultAddressOpensAsSoonAsItIsFree() throws IOException {
    var daemon = new DaemonUnderTest(reaper, folder.resolve("d")).configured("values.yaml", STATIC);
    Running running;
    try (var _ = new ServerSocket(DEFAULT_PORT, 1, InetAddress.getLoopbackAddress())) {
      running = daemon.admin("").logging("info").start();
      var status = daemon.commandLine("status");
      var doctor = daemon.commandLine("doctor", "--config", daemon.folder().resolve("values.yaml"));
      assertAll(
          () -> assertEquals(ANSWER, daemon.client().get("example.org")),
          () -> assertEquals(1, status.status(), status::toString),
          () -> assertTrue(status.stdout().contains("adminPort is unhealthy"), status::toString),
          () -> assertTrue(status.stdout().contains("127.0.0.1:9465"), status::toString),
          () ->
              assertTrue(
                  doctor.stdout().contains("warn  daemon         adminPort is unhealthy"),
                  doctor::toString),
          () -> assertTrue(running.says("cannot listen on 127.0.0.1:9465"), running::stderr));
    }
    Eventually.within(Duration.ofSeconds(15), daemon::isHealthy, daemon::status);
    assertEquals(0, daemon.commandLine("status").status());
    var probes =
        new HttpOverTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), DEFAULT_PORT));
    assertEquals(200, probes.get("/health/ready").status());
  }
}
