package dev.rig.credentials.app;

import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.socket.OpenListener;
import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketRefusedException;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Holds one listener. An explicitly configured listener that cannot be opened fails the start. A
 * default listener, whose address another daemon of the same user may have, is an unhealthy
 * component until it can be opened; opening is retried (F40).
 */
final class ListenerSlot<T extends OpenListener> implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ListenerSlot.class.getName());
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(3);

  /** Opens a listener. */
  @FunctionalInterface
  interface Opening<T> {
    T open() throws IOException;
  }

  private final String part;
  private final String advice;
  private final Opening<T> opening;
  private final Time time;
  private final Executor worker;
  private volatile @Nullable T listener;
  private volatile String problem = "";
  private boolean closed; // guarded by this

  /**
   * Creates a slot without a listener.
   *
   * @param part the component's name
   * @param advice how to choose another address
   * @param worker retries to open the listener
   */
  ListenerSlot(String part, String advice, Opening<T> opening, Time time, Executor worker) {
    this.part = part;
    this.advice = advice;
    this.opening = opening;
    this.time = time;
    this.worker = worker;
  }

  /**
   * Opens the listener now.
   *
   * @throws IOException or a {@link RuntimeException} if it is unavailable
   */
  void open() throws IOException {
    var opened = opening.open();
    listener = opened;
    LOG.log(Level.INFO, "{0} at {1}", part, opened.place());
  }

  /** Opens the listener now, or as soon as its address is available. */
  void openWhenAvailable() {
    try {
      open();
    } catch (IOException | RuntimeException e) {
      problem = "it is unavailable: " + reason(e) + "; " + advice;
      LOG.log(Level.WARNING, "{0}: {1}", part, problem);
      tryLater();
    }
  }

  /** Returns the reason, without a problem's advice, which is for the credential socket. */
  private static @Nullable String reason(Exception failure) {
    return switch (failure) {
      case SocketBusyException busy -> busy.problem().file() + ": " + busy.problem().message();
      case SocketRefusedException refused ->
          refused.problem().file() + ": " + refused.problem().message();
      default -> failure.getMessage();
    };
  }

  private void tryLater() {
    var _ = time.scheduler().schedule(BETWEEN_ATTEMPTS, () -> worker.execute(this::tryAgain));
  }

  private synchronized void tryAgain() {
    if (closed) {
      return;
    }
    try {
      open();
    } catch (IOException | RuntimeException e) {
      problem = "it is unavailable: " + reason(e) + "; " + advice;
      tryLater();
      return;
    }
    listener().ifPresent(OpenListener::warmUp);
  }

  /** Returns the open listener; empty if absent. */
  Optional<T> listener() {
    return Optional.ofNullable(listener);
  }

  ComponentHealth health() {
    var opened = listener;
    return opened == null
        ? new ComponentHealth(part, false, List.of(problem), Map.of())
        : opened.health();
  }

  @Override
  public synchronized void close() {
    closed = true;
    listener().ifPresent(OpenListener::close);
  }
}
