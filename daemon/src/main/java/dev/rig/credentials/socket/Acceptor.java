package dev.rig.credentials.socket;

import dev.rig.credentials.linux.Epoll;
import dev.rig.credentials.linux.EventLoop;
import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.linux.PeerCredentials;
import dev.rig.credentials.socket.bind.ListeningSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import jnr.constants.platform.Errno;

/** Accepts connections and asks the kernel whose they are. Belongs to the event loop's thread. */
final class Acceptor implements EventLoop.Source {
  private static final Logger LOG = System.getLogger(Acceptor.class.getName());

  /** How long accepting rests when there is no descriptor left (F22). */
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** Connections accepted before those that are open have their turn. */
  private static final int PER_TURN = 64;

  private static final int FLAGS = LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC;

  private final LibC libc = LibC.instance();
  private final PeerCredentials peers = new PeerCredentials();
  private final EventLoop loop;
  private final ConnectionTable connections;
  private final AtomicLong pauses = new AtomicLong();

  // Made in advance: what they need could not be loaded when there is no descriptor left.
  private final Runnable resumption = this::resume;
  private final Runnable resumptionOnLoop;

  private ListeningSocket listener;
  private long token = -1;
  private boolean paused;
  private boolean starved;
  private boolean closed;

  Acceptor(EventLoop loop, ConnectionTable connections, ListeningSocket listener) {
    this.loop = loop;
    this.connections = connections;
    this.listener = listener;
    resumptionOnLoop = () -> loop.execute(resumption);
  }

  /** Times that accepting has paused; from any thread. */
  long pauses() {
    return pauses.get();
  }

  ListeningSocket listener() {
    return listener;
  }

  void start() {
    token = loop.register(listener.descriptor(), paused ? 0 : Epoll.IN, this);
  }

  /** Goes over to another listener; who waits at the old one is served first. */
  void replace(ListeningSocket next) {
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
    int fd = libc.accept4(listener.descriptor(), null, null, FLAGS);
    if (fd < 0) {
      return afterFailure(LibC.lastError());
    }
    if (starved) {
      starved = false;
      LOG.log(Level.INFO, "accepting connections again");
    }
    Peer peer;
    try {
      peer = peers.of(fd);
    } catch (IOException | RuntimeException failure) {
      connections.countDenied();
      LOG.log(Level.WARNING, "closed a connection whose peer is not known: {0}", failure);
      libc.close(fd);
      return true;
    }
    connections.admit(fd, peer);
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

  /** The connection that cannot be accepted stays ready: without a pause the loop would spin. */
  private void pause(String reason) {
    pauses.incrementAndGet();
    if (!starved) {
      starved = true;
      LOG.log(Level.WARNING, "cannot accept connections for now: {0}", reason);
    }
    if (!paused && !closed) {
      paused = true;
      loop.interest(listener.descriptor(), 0, token);
      connections.time().scheduler().schedule(PAUSE, resumptionOnLoop);
    }
  }

  private void resume() {
    if (paused && !closed) {
      paused = false;
      loop.interest(listener.descriptor(), Epoll.IN, token);
    }
  }

  /** Stops accepting; who waits unaccepted is reset, and retries. */
  void close() {
    if (!closed) {
      closed = true;
      loop.unregister(listener.descriptor(), token);
      listener.close();
    }
  }
}
