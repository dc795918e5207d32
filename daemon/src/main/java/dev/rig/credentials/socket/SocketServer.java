package dev.rig.credentials.socket;

import dev.rig.credentials.linux.EventLoop;
import dev.rig.credentials.linux.PeerCredentials;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.socket.bind.InheritedSocket;
import dev.rig.credentials.socket.bind.PathBinding;
import dev.rig.credentials.socket.bind.SocketBinding;
import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketLimits;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.socket.bind.SocketRefusedException;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The daemon's Unix socket, serving from {@link #open} to {@link #close}.
 *
 * <p>A connection carries one request, which is complete when the client closes its writing side,
 * and one answer, after which the daemon closes. One thread serves all connections.
 */
public final class SocketServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(SocketServer.class.getName());

  private final SocketOptions options;
  private final Time time;
  private final SocketBinding binding;
  private final EventLoop loop;
  private final ConnectionTable connections;
  private final Acceptor acceptor;
  private final AtomicBoolean closing = new AtomicBoolean();

  private SocketServer(
      SocketOptions options,
      RequestHandler handler,
      Time time,
      SocketBinding binding,
      EventLoop loop) {
    this.options = options;
    this.time = time;
    this.binding = binding;
    this.loop = loop;
    connections = new ConnectionTable(loop, new DescriptorIo(), options.limits(), handler, time);
    acceptor = new Acceptor(binding, new PeerCredentials()::of, loop, time, connections);
  }

  /**
   * Binds the socket and starts to serve.
   *
   * @param time measures the deadlines and the checks of the file; must run until {@link #close}
   *     returns
   * @throws SocketBusyException if another daemon serves that path (F24)
   * @throws SocketRefusedException if the path or its folder is unsuitable, or the system rejects
   *     it
   */
  public static SocketServer open(SocketOptions options, RequestHandler handler, Time time) {
    return open(options, handler, time, new PathBinding(options));
  }

  /**
   * Serves an inherited socket on which the parent process listens. Its file, mode and group belong
   * to the parent: nothing is removed at the end, and a client that connects between two daemons
   * waits.
   *
   * @param options the limits; path, mode and group are ignored
   * @param time measures the deadlines; must run until {@link #close} returns
   */
  public static SocketServer open(
      InheritedSocket inherited, SocketOptions options, RequestHandler handler, Time time) {
    var own =
        new SocketOptions(inherited.path(), options.mode(), options.group(), options.limits());
    return open(own, handler, time, inherited);
  }

  static SocketServer open(
      SocketOptions options, RequestHandler handler, Time time, SocketBinding binding) {
    var loop = new EventLoop("rig-socket");
    SocketServer server;
    try {
      server = new SocketServer(options, handler, time, binding, loop);
    } catch (RuntimeException refused) {
      loop.discard();
      throw refused;
    }
    server.start();
    return server;
  }

  private void start() {
    acceptor.start();
    loop.start();
    acceptor.watch();
    LOG.log(Level.INFO, "serving at {0}", options.path());
  }

  /** Returns the socket's file, absolute. */
  public Path path() {
    return options.path();
  }

  /** Returns whether clients can reach it. */
  public ComponentHealth health() {
    var counts = counts();
    return acceptor.health(
        "socket", Map.of("open", (long) counts.open(), "requests", counts.requests()));
  }

  /**
   * Runs the action on the event loop, soon, if clients can reach the socket; never if the loop
   * hangs.
   */
  public void ifServing(Runnable action) {
    acceptor.ifServing(action);
  }

  /** Returns the counts so far. */
  public SocketCounts counts() {
    return connections.counts(acceptor.denied(), acceptor.pauses());
  }

  /**
   * Stops serving: removes the file if it is still ours, closes connections without a pending
   * answer, and waits for pending answers for up to {@link SocketLimits#drain}. Closing twice has
   * no effect.
   */
  @Override
  public void close() {
    if (closing.getAndSet(true)) {
      return;
    }
    loop.execute(() -> {
      acceptor.close();
      connections.drain();
    });
    var bound =
        time.scheduler()
            .schedule(options.limits().drain(), () -> loop.execute(connections::closeAll));
    boolean interrupted = false;
    while (loop.alive()) {
      try {
        loop.join();
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    bound.cancel();
    binding.release(); // in case the loop has ended without doing it
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
