package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.NotifyListener;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages of the built daemon to a service manager, sd_notify(3). */
class SupervisionIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String VALUES =
      """
      rig:
        dockerRegistries:
          example.org:
            script: 'env | grep -c -E "^(NOTIFY|WATCHDOG|LISTEN)_" | sed s/^/bot:/'
      """;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private NotifyListener manager;
  private DaemonUnderTest daemon;

  @BeforeEach
  void managerThatListens() {
    manager = reaper.own(new NotifyListener(folder.resolve("notify")));
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured("values.yaml", VALUES)
            // A build under nohup has SIGHUP ignored, and a JVM leaves it so.
            .startedBy("env", "--default-signal=HUP")
            .with("NOTIFY_SOCKET", folder.resolve("notify"));
  }

  private void awaitMessages(int count) {
    Eventually.within(
        LIMIT, () -> manager.messages().size() >= count, () -> manager.messages().toString());
  }

  @Test
  void managerIsNotifiedOfStartReloadRejectionAndEnd() {
    var running = daemon.launch();
    awaitMessages(1);
    assertTrue(daemon.answers(), "it serves when it says so");
    Signal.HUP.to(running.pid());
    awaitMessages(3);
    // Of the same length, so that only the signal can cause the reload.
    daemon.configured("values.yaml", VALUES.replace("script", "scripd"));
    Signal.HUP.to(running.pid());
    awaitMessages(5);
    DaemonUnderTest.stop(running);
    awaitMessages(6);
    assertEquals(
        List.of(
            "READY=1\nSTATUS=serving",
            "RELOADING=1\nMONOTONIC_USEC=N",
            "READY=1\nSTATUS=serving",
            "RELOADING=1\nMONOTONIC_USEC=N",
            "READY=1\nSTATUS=serving; unhealthy: configuration",
            "STOPPING=1"),
        manager.messages().stream().map(text -> text.replaceAll("[0-9]{4,}", "N")).toList());
  }

  @Test
  void daemonNotifiesTheWatchdogTwicePerInterval() {
    daemon.with("WATCHDOG_USEC", 500_000).start();
    Eventually.within(LIMIT, () -> manager.lives() >= 4, () -> manager.lives() + " times");
  }

  @Test
  void scriptsCannotNotifyTheManager() {
    daemon.with("WATCHDOG_USEC", 60_000_000).start();
    assertEquals(
        new ProgramResult(0, NativeClient.answer("example.org", "bot", "0"), ""),
        daemon.client().get("example.org"));
  }

  /** A socket that no longer answers is detected although the other one answers. */
  @ParameterizedTest
  @ValueSource(strings = {"platform.sock", "credentials.sock"})
  void daemonWithALostSocketDoesNotNotifyTheWatchdog(String name) throws Exception {
    daemon.with("WATCHDOG_USEC", 500_000).start();
    Eventually.within(LIMIT, () -> manager.lives() >= 2, () -> manager.lives() + " times");
    var lost = daemon.socket().resolveSibling(name);
    Files.delete(lost);
    Files.createDirectory(lost);
    Eventually.within(
        LIMIT,
        () -> {
          long before = manager.lives();
          LockSupport.parkNanos(2_000_000_000L);
          return manager.lives() == before;
        },
        () -> manager.lives() + " times");
    Files.delete(lost);
    long silent = manager.lives();
    Eventually.within(LIMIT, () -> manager.lives() > silent + 1, () -> manager.lives() + " times");
  }
}
