package dev.rig.credentials.socket.bind;

import dev.rig.credentials.linux.EventLoop;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks at a socket's file again and again; one that somebody deleted is bound anew (F23). */
public final class BindingWatch {
  /** How often the file is looked at. */
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final Logger log;
  private final Path path;
  private final SocketBinding binding;
  private final EventLoop loop;
  private final Time time;
  private final BooleanSupplier closing;
  private final Supplier<ListeningSocket> listener;
  private final Consumer<ListeningSocket> replace;

  /** Why the socket is not bound; null while it is. Written by the event loop. */
  private volatile @Nullable Problem problem;

  /**
   * A watch that has not begun.
   *
   * @param log of the server, in whose name it speaks
   * @param closing whether it is to end
   * @param listener the present one; asked on the event loop
   * @param replace closes the present one and serves on that; called on the event loop
   */
  public BindingWatch(
      Logger log,
      Path path,
      SocketBinding binding,
      EventLoop loop,
      Time time,
      BooleanSupplier closing,
      Supplier<ListeningSocket> listener,
      Consumer<ListeningSocket> replace) {
    this.log = log;
    this.path = path;
    this.binding = binding;
    this.loop = loop;
    this.time = time;
    this.closing = closing;
    this.listener = listener;
    this.replace = replace;
  }

  /** From now on, while the server is not closing. */
  public void begin() {
    var _ =
        time.scheduler()
            .schedule(
                PERIOD,
                () -> {
                  if (!closing.getAsBoolean()) {
                    loop.execute(this::look);
                    begin();
                  }
                });
  }

  /** Whether clients can reach the socket. */
  public SocketHealth health() {
    var current = problem;
    return new SocketHealth(current == null && !closing.getAsBoolean() && loop.alive(), current);
  }

  private void look() {
    if (closing.getAsBoolean() || binding.isIntact()) {
      return;
    }
    try {
      var next = binding.bind();
      // Both are open, so that two listeners cannot have one number.
      if (next.descriptor() != listener.get().descriptor()) {
        replace.accept(next);
        log.log(Level.WARNING, "the socket''s file was gone; bound {0} anew", path);
      }
      problem = null;
    } catch (SocketRefusedException refused) {
      report(refused.problem());
    } catch (SocketBusyException busy) {
      report(busy.problem());
    }
  }

  private void report(Problem current) {
    if (!current.equals(problem)) {
      problem = current;
      log.log(Level.ERROR, "the socket is lost and cannot be bound anew: {0}", current);
    }
  }
}
