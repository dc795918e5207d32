package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.HttpOverTcp;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C15, F37: incomplete requests block no other client. */
@Isolated("limits of a second, and 1,000 connections")
class HalfOpenIT {
  private static final Duration PROMISED = Duration.ofSeconds(1);

  /** Parts of a head, of a body, and of a request whose client waits for 100 Continue. */
  private static final List<String> HALVES =
      List.of(
          "",
          "GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\n",
          post("Content-Length: 60000") + "{",
          post("Transfer-Encoding: chunked") + "ff\r\n{",
          post("Expect: 100-continue\r\nContent-Length: 10"));

  private static String post(String headers) {
    return String.join(
        "\r\n",
        "POST /v1/pull-secrets HTTP/1.1",
        "Host: x",
        "Rig-Credentials: 1",
        "Content-Type: application/json",
        headers,
        "",
        "");
  }

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  private void start(int port) {
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    example.org: {username: bot, password: from-the-file}
                """)
            .admin("127.0.0.1:" + port);
    daemon.start();
  }

  /** Probes repeatedly while the half-open connections are new, and older. */
  private static void probe(IntSupplier status) {
    for (int i = 0; i < 20; i++) {
      long began = System.nanoTime();
      assertEquals(200, status.getAsInt());
      var took = Duration.ofNanos(System.nanoTime() - began);
      assertTrue(took.compareTo(PROMISED) < 0, () -> "a probe took " + took);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1000})
  void c15_probesOfTheAdminPortAreAnswered(int halfOpen) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.next());
    start(address.getPort());
    var http = new HttpOverTcp(address);
    assertEquals(200, http.get("/health/ready").status());
    for (int i = 0; i < halfOpen; i++) {
      var socket = reaper.own(new Socket(address.getAddress(), address.getPort()));
      var half = HALVES.get(i % HALVES.size()).getBytes(StandardCharsets.US_ASCII);
      socket.getOutputStream().write(half);
    }
    probe(() -> http.get("/health/ready").status());
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1000})
  void f37_requestsOfThePlatformsSocketAreAnswered(int halfOpen) throws IOException {
    start(FreePort.next());
    var socket = daemon.socket().resolveSibling("platform.sock");
    var http = HttpOverUnix.listening(socket);
    assertEquals(200, http.get("/v1/registries").status());
    for (int i = 0; i < halfOpen; i++) {
      reaper.own(RawClient.connect(socket)).send(HALVES.get(i % HALVES.size()));
    }
    probe(() -> http.get("/v1/registries").status());
  }
}
