package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The platform's socket of the built daemon. */
class PlatformApiIT {
  private static final String SECRET = "pa55-of-the-platform";
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  private DaemonUnderTest daemon() {
    return new DaemonUnderTest(reaper, folder.resolve("d"))
        .configured(
            "values.yaml",
            "rig: {dockerRegistries: {example.org: {username: bot, password: %s}}}\n"
                .formatted(SECRET));
  }

  private static Path socket(DaemonUnderTest daemon) {
    return daemon.socket().resolveSibling("platform.sock");
  }

  private static HttpOverUnix open(DaemonUnderTest daemon) {
    return HttpOverUnix.listening(socket(daemon));
  }

  /** T17: without the header, with a wrong value, with the right one. */
  @Test
  void t17_requiredHeaderDecides() throws Exception {
    var daemon = daemon();
    var running = daemon.start();
    var http = open(daemon);
    var target = "/v1/credentials?image=example.org/app";
    assertEquals(412, http.get(target, "").status());
    assertEquals(412, http.get(target, "Rig-Credentials: true\r\n").status());
    var right = http.get(target);
    assertEquals(200, right.status(), right::toString);
    assertEquals(SECRET, right.json().get("password"));
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket(daemon))));
    assertEquals(List.of(), new Canary(SECRET).foundIn(running.stderr()));
    var outcome = DaemonUnderTest.stop(running);
    assertFalse(Files.exists(socket(daemon)), outcome::toString);
  }

  /** F25 and T8: a killed daemon's socket is replaced; a file that is not a socket is not. */
  @Test
  void staleSocketIsReplacedAndAnotherFileIsNotTouched() throws Exception {
    var daemon = daemon();
    var running = daemon.start();
    open(daemon).get("/openapi.json");
    running.kill();
    running.finish(SOON);
    assertTrue(Files.exists(socket(daemon)), "the killed daemon's socket");
    var second = daemon.start();
    Eventually.within(SOON, () -> answers(daemon), second::stderr);
    DaemonUnderTest.stop(second);
    Files.writeString(socket(daemon), "mine");
    var third = daemon.start();
    assertTrue(third.says("platformSocket: it is unavailable"), third::stderr);
    assertTrue(third.says("choose a path with --platform-socket"), third::stderr);
    assertFalse(third.stderr().contains("--socket)"), third::stderr);
    assertEquals("mine", Files.readString(socket(daemon)));
  }

  private static boolean answers(DaemonUnderTest daemon) {
    try {
      return new HttpOverUnix(socket(daemon)).get("/openapi.json").status() == 200;
    } catch (java.io.UncheckedIOException notYet) {
      return false;
    }
  }
}
