package dev.rig.credentials.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.testing.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemdNotifierTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final FakeTime time = new FakeTime();
  private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
  private final List<ComponentHealth> health = new ArrayList<>();

  private SystemdNotifier supervisor(@Nullable Duration watchdog) {
    return new SystemdNotifier(
        told::add,
        () -> told.add("released"),
        () -> 1234,
        watchdog,
        time.time(),
        () -> health,
        Executors.newSingleThreadExecutor());
  }

  /** Returns all messages, in order; all have been sent at the end. */
  private List<String> toldBy(SystemdNotifier supervisor) {
    supervisor.close();
    return List.copyOf(told);
  }

  @Test
  void startReloadAndEndAreReportedInOrder() {
    var supervisor = supervisor(null);
    supervisor.ready();
    supervisor.reloading();
    supervisor.ready();
    supervisor.stopping();
    assertEquals(
        List.of(
            "READY=1\nSTATUS=serving",
            "RELOADING=1\nMONOTONIC_USEC=1234",
            "READY=1\nSTATUS=serving",
            "STOPPING=1",
            "released"),
        toldBy(supervisor));
  }

  @Test
  void statusNamesTheUnhealthyComponents() {
    health.add(new ComponentHealth("socket", true, List.of(), Map.of()));
    health.add(new ComponentHealth("configuration", false, List.of("a secret"), Map.of()));
    health.add(new ComponentHealth("leases", false, List.of(), Map.of()));
    var supervisor = supervisor(null);
    supervisor.ready();
    assertEquals(
        "READY=1\nSTATUS=serving; unhealthy: configuration, leases", toldBy(supervisor).getFirst());
  }

  @Test
  void watchdogIsNotifiedTwicePerIntervalWhileClientsAreServed() {
    var serving = new AtomicBoolean(true);
    var supervisor = supervisor(MINUTE);
    supervisor.watch(action -> {
      if (serving.get()) {
        action.run();
      }
    });
    time.advance(Duration.ofSeconds(29));
    time.advance(Duration.ofSeconds(62));
    serving.set(false);
    time.advance(MINUTE);
    serving.set(true);
    time.advance(Duration.ofSeconds(30));
    var lives = "WATCHDOG=1\nSTATUS=serving";
    assertEquals(List.of(lives, lives, lives, lives, "released"), toldBy(supervisor));
  }

  @Test
  void withoutAWatchdogNothingIsScheduled() {
    var supervisor = supervisor(null);
    supervisor.watch(Runnable::run);
    assertEquals(0, time.pending());
    supervisor.close();
  }

  @Test
  void watchdogTimeComesFromTheEnvironment() {
    var own = Long.toString(ProcessHandle.current().pid());
    var half = Map.of("WATCHDOG_USEC", "500000");
    assertEquals(Duration.ofMillis(500), SystemdNotifier.watchdog(half));
    var ours = Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", own);
    assertEquals(Duration.ofSeconds(30), SystemdNotifier.watchdog(ours));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "x", "99999999999999999999", "1 "})
  void invalidWatchdogTimeIsIgnored(String micros) {
    assertNull(SystemdNotifier.watchdog(Map.of("WATCHDOG_USEC", micros)));
  }

  @Test
  void watchdogOfAnotherProcessIsIgnored() {
    assertNull(SystemdNotifier.watchdog(Map.of("WATCHDOG_USEC", "1000000", "WATCHDOG_PID", "1")));
  }

  @Test
  void watchdogWithoutANotifySocketIsIgnored() {
    var supervisor =
        SystemdNotifier.of(Map.of("WATCHDOG_USEC", "1000000"), time.time(), () -> health);
    supervisor.ready();
    supervisor.watch(Runnable::run);
    assertEquals(0, time.pending());
    supervisor.close();
    assertEquals(List.of(), List.copyOf(told));
  }
}
