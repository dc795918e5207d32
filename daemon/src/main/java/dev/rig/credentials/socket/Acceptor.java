package dev.rig.credentials.socket;

import dev.rig.credentials.linux.Epoll;
import dev.rig.credentials.linux.EventLoop;
import dev.rig.credentials.linux.FreeDescriptors;
import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.socket.bind.ListeningSocket;
import dev.rig.credentials.socket.bind.SocketBinding;
import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketRefusedException;
import dev.rig.credentials.time.LogThrottle;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import jnr.constants.platform.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections and reads their peers from the kernel; binds the socket again if its file is
 * deleted (F23). Used by the event loop's thread, except for {@link #watch}, {@link #health} and
 * the counts.
 */
final class Acceptor implements EventLoop.Handler {
  /** Receives the accepted descriptors. */
  interface Admission {
    void admit(int fd, @Nullable Peer peer);
  }

  /** Returns the process that connected; null for a socket without peer credentials. */
  interface Peers {
    @Nullable Peer of(int fd) throws IOException;
  }

  private static final Logger LOG = System.getLogger(Acceptor.class.getName());

  /** The pause after a shortage of descriptors (F22). */
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** How often the socket's file is checked. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /** The most connections accepted in one turn of the loop. */
  private static final int PER_TURN = 64;

  private static final int FLAGS = LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC;

  private final SocketBinding binding;
  private final Peers peers;
  private final EventLoop loop;
  private final Time time;
  private final Admission admission;
  private final AtomicLong pauses = new AtomicLong();
  private final AtomicLong denied = new AtomicLong();

  /** Connections with this number or a higher one are closed. */
  private final int reserved = FreeDescriptors.firstReserved();

  private final LogThrottle shortage;

  // Created in advance: their classes could not be loaded without a free descriptor.
  private final Runnable resumption = this::resume;
  private final Runnable resumptionOnLoop;

  private ListeningSocket listener;
  private long token = -1;
  private boolean paused;

  /** Whether the last attempt to accept failed for a shortage. */
  private boolean starved;

  /** Whether the log says that connections cannot be accepted. */
  private boolean complained;

  private volatile boolean closed;

  /** Why the socket is not bound; null while it is. Written by the event loop. */
  private volatile @Nullable Problem problem;

  /** Binds the socket. */
  Acceptor(SocketBinding binding, Peers peers, EventLoop loop, Time time, Admission admission) {
    this.binding = binding;
    this.peers = peers;
    this.loop = loop;
    this.time = time;
    this.admission = admission;
    shortage = new LogThrottle(time.ticker());
    listener = binding.bind();
    resumptionOnLoop = () -> loop.execute(resumption);
  }

  /** Returns how often accepting has paused. */
  long pauses() {
    return pauses.get();
  }

  /** Returns how many connections were closed because the kernel did not report their peer. */
  long denied() {
    return denied.get();
  }

  /** Returns whether clients can reach the socket, as a component with that name. */
  ComponentHealth health(String part, Map<String, Long> counts) {
    var current = problem;
    return new ComponentHealth(
        part,
        current == null && !closed && loop.alive(),
        current == null ? List.of() : List.of(current.toString()),
        counts);
  }

  /**
   * Runs the action on the event loop, soon, if connections are accepted; never if the loop hangs.
   */
  void ifServing(Runnable action) {
    loop.execute(() -> {
      if (problem == null && !closed && !starved) {
        action.run();
      }
    });
  }

  void start() {
    token = loop.register(listener.descriptor(), paused ? 0 : Epoll.IN, this);
  }

  /** Checks regularly that the socket's file exists, until it is closed. */
  void watch() {
    var _ =
        time.scheduler()
            .schedule(
                BETWEEN_LOOKS,
                () -> {
                  if (!closed) {
                    watch();
                    loop.execute(this::look);
                  }
                });
  }

  private void look() {
    if (closed || binding.isIntact()) {
      return;
    }
    try {
      var next = binding.bind();
      // Both are open, so the numbers differ.
      if (next.descriptor() != listener.descriptor()) {
        replace(next);
        LOG.log(Level.WARNING, "the socket''s file was deleted; bound {0} again", binding);
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
      LOG.log(Level.ERROR, "the socket is lost and cannot be bound again: {0}", current);
    }
  }

  /** Changes to another listener; first accepts clients that wait at the old one. */
  private void replace(ListeningSocket next) {
    ListeningSocket old = listener;
    while (!paused && acceptOne()) {}
    loop.unregister(old.descriptor(), token);
    old.close();
    listener = next;
    start();
  }

  @Override
  public void ready(int events) {
    for (int turn = 0; turn < PER_TURN && !paused; turn++) {
      if (!acceptOne()) {
        return;
      }
    }
  }

  @Override
  public void abandon() {
    pause("an unexpected failure");
  }

  private boolean acceptOne() {
    int fd = LibC.accept4(listener.descriptor(), FLAGS);
    if (fd < 0) {
      return afterFailure(LibC.lastError());
    }
    if (fd >= reserved) {
      LibC.close(fd); // without a byte: the client retries
      pause("the last descriptors are reserved for scripts and files");
      return false;
    }
    starved = false;
    if (complained) {
      complained = false;
      LOG.log(Level.INFO, "accepting connections again");
    }
    Peer peer;
    try {
      peer = peers.of(fd);
    } catch (IOException | RuntimeException failure) {
      denied.incrementAndGet();
      LOG.log(
          Level.WARNING, "closed a connection whose peer is not known: {0}", failure.toString());
      LibC.close(fd);
      return true;
    }
    admission.admit(fd, peer);
    return true;
  }

  private boolean afterFailure(Errno error) {
    return switch (error) {
      case EAGAIN, EWOULDBLOCK -> false;
      case EINTR, ECONNABORTED -> true;
      default -> {
        pause(error.name());
        yield false;
      }
    };
  }

  /** Pauses: a connection that cannot be accepted stays ready, and the loop would spin. */
  private void pause(String reason) {
    pauses.incrementAndGet();
    starved = true;
    if (shortage.isDue()) {
      complained = true;
      LOG.log(Level.WARNING, "cannot accept connections for now: {0}", reason);
    }
    if (!paused && !closed) {
      paused = true;
      loop.interest(listener.descriptor(), 0, token);
      time.scheduler().schedule(PAUSE, resumptionOnLoop);
    }
  }

  private void resume() {
    if (paused && !closed) {
      paused = false;
      loop.interest(listener.descriptor(), Epoll.IN, token);
    }
  }

  /**
   * Removes the socket's file if it is still ours, and stops accepting; clients that wait are
   * reset, and retry.
   */
  void close() {
    if (!closed) {
      closed = true;
      binding.release();
      loop.unregister(listener.descriptor(), token);
      listener.close();
    }
  }
}
