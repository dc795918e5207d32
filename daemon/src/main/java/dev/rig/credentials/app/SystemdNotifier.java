package dev.rig.credentials.app;

import dev.rig.credentials.concurrent.Workers;
import dev.rig.credentials.linux.NotifySocket;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notifies the service manager, such as systemd, when the daemon serves, reloads or stops, and
 * regularly that it is alive. Does nothing if the environment does not name one.
 *
 * <p>The protocol is sd_notify(3), the watchdog's sd_watchdog_enabled(3).
 */
final class SystemdNotifier implements AutoCloseable {
  private static final long LAST_WORDS_SECONDS = 1;

  private final Consumer<String> channel;
  private final Runnable release;
  private final LongSupplier monotonicMicros;
  private final @Nullable Duration watchdog;
  private final Time time;
  private final Supplier<List<ComponentHealth>> health;

  /** One thread, so that messages arrive in order and callers never wait. */
  private final ExecutorService worker;

  /**
   * Creates a notifier.
   *
   * @param channel sends a message
   * @param release closes the channel
   * @param monotonicMicros the clock of the protocol
   * @param watchdog the longest time without a message; null for no limit
   * @param health the health of the components, shown to people
   * @param worker sends the messages; closed with this
   */
  SystemdNotifier(
      Consumer<String> channel,
      Runnable release,
      LongSupplier monotonicMicros,
      @Nullable Duration watchdog,
      Time time,
      Supplier<List<ComponentHealth>> health,
      ExecutorService worker) {
    this.channel = channel;
    this.release = release;
    this.monotonicMicros = monotonicMicros;
    this.watchdog = watchdog;
    this.time = time;
    this.health = health;
    this.worker = worker;
  }

  /** Returns the notifier for the socket that the environment names. */
  static SystemdNotifier of(
      Map<String, String> environment, Time time, Supplier<List<ComponentHealth>> health) {
    var socket = NotifySocket.of(environment);
    var worker = Workers.one("rig-supervisor", time.scheduler());
    return socket
        .map(notify ->
            new SystemdNotifier(
                notify::send,
                notify::close,
                NotifySocket::monotonicMicros,
                watchdog(environment),
                time,
                health,
                worker))
        .orElseGet(
            () -> new SystemdNotifier(_ -> {}, () -> {}, () -> 0, null, time, health, worker));
  }

  /** Returns {@code WATCHDOG_USEC} if it is set for this process; null otherwise. */
  static @Nullable Duration watchdog(Map<String, String> environment) {
    var pid = environment.getOrDefault("WATCHDOG_PID", "");
    var micros = environment.getOrDefault("WATCHDOG_USEC", "");
    boolean meant =
        (pid.isEmpty() || pid.equals(Long.toString(ProcessHandle.current().pid())))
            && micros.matches("[1-9][0-9]{0,17}");
    return meant ? Duration.of(Long.parseLong(micros), ChronoUnit.MICROS) : null;
  }

  /**
   * Reports that the daemon serves: after the start, and after a reload whether or not it
   * succeeded.
   */
  void ready() {
    tell(() -> "READY=1\n" + status());
  }

  /** Reports that a reload begins; {@link #ready} must follow. */
  void reloading() {
    tell(() -> "RELOADING=1\nMONOTONIC_USEC=" + monotonicMicros.getAsLong());
  }

  /** Reports that the daemon stops. */
  void stopping() {
    tell(() -> "STOPPING=1");
  }

  /**
   * Reports twice per watchdog interval that the daemon is alive. A rejected configuration or a
   * full disk does not stop the reports, because a restart would repair neither.
   *
   * @param serving runs its argument on another thread if clients are served
   */
  void watch(Consumer<Runnable> serving) {
    if (watchdog != null) {
      var _ =
          time.scheduler()
              .schedule(
                  watchdog.dividedBy(2),
                  () -> {
                    watch(serving);
                    serving.accept(() -> tell(() -> "WATCHDOG=1\n" + status()));
                  });
    }
  }

  /** Returns the line for {@code systemctl status}. */
  private String status() {
    var unwell =
        health.get().stream()
            .filter(part -> !part.healthy())
            .map(ComponentHealth::part)
            .collect(Collectors.joining(", "));
    return "STATUS=" + (unwell.isEmpty() ? "serving" : "serving; unhealthy: " + unwell);
  }

  private void tell(Supplier<String> message) {
    try {
      worker.execute(() -> channel.accept(message.get()));
    } catch (RejectedExecutionException closed) {
      // The daemon has stopped.
    }
  }

  /** Waits a short time for pending messages. */
  @Override
  public void close() {
    worker.shutdown();
    try {
      if (!worker.awaitTermination(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
        worker.shutdownNow();
      }
    } catch (InterruptedException e) {
      worker.shutdownNow();
      Thread.currentThread().interrupt();
    }
    release.run();
  }
}
