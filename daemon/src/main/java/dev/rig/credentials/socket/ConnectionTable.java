package dev.rig.credentials.socket;

import dev.rig.credentials.linux.EventLoop;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.socket.bind.SocketLimits;
import dev.rig.credentials.time.LogThrottle;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The open connections, their limits and deadlines.
 *
 * <p>At a limit the oldest connection that has sent nothing for {@link SocketLimits#evictable} is
 * closed; for the limit per uid, one of the same uid. Otherwise the new connection is closed
 * without a byte; clients then retry, as during a restart of the daemon.
 *
 * <p>Used by the event loop's thread, except for {@link #counts}.
 */
final class ConnectionTable implements Acceptor.Admission {
  private static final Logger LOG = System.getLogger(ConnectionTable.class.getName());

  /** How often deadlines are checked while there is a connection. */
  private static final Duration SWEEP = Duration.ofMillis(100);

  private final EventLoop loop;
  private final DescriptorIo stream;
  private final SocketLimits limits;
  private final RequestHandler handler;
  private final Time time;

  /** Ordered by age. */
  private final Set<Connection> open = new LinkedHashSet<>();

  private final Map<Integer, Integer> perUser = new HashMap<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong evicted = new AtomicLong();
  private final AtomicLong timedOut = new AtomicLong();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();
  private long buffered;
  private final LogThrottle warning;
  private boolean draining;

  ConnectionTable(
      EventLoop loop, DescriptorIo stream, SocketLimits limits, RequestHandler handler, Time time) {
    this.loop = loop;
    this.stream = stream;
    this.limits = limits;
    this.handler = handler;
    this.time = time;
    warning = new LogThrottle(time.ticker());
  }

  EventLoop loop() {
    return loop;
  }

  DescriptorIo stream() {
    return stream;
  }

  SocketLimits limits() {
    return limits;
  }

  RequestHandler handler() {
    return handler;
  }

  Time time() {
    return time;
  }

  void countMalformed() {
    malformed.incrementAndGet();
  }

  void countRequest() {
    requests.incrementAndGet();
  }

  /** Takes an accepted descriptor: serves it, or closes it. */
  @Override
  public void admit(int fd, @Nullable Peer unixPeer) {
    var peer = Objects.requireNonNull(unixPeer);
    if (!hasRoom(peer)) {
      refused.incrementAndGet();
      warn(peer);
      stream.close(fd);
      return;
    }
    accepted.incrementAndGet();
    var connection = new Connection(fd, peer, this);
    open.add(connection);
    perUser.merge(peer.uid(), 1, Integer::sum);
    size.incrementAndGet();
    startSweeping();
    try {
      connection.start();
    } catch (RuntimeException | Error failure) {
      connection.close();
      throw failure;
    }
  }

  /**
   * Counts a change of the bytes that a connection holds.
   *
   * @return false if all connections would exceed the limit; then nothing is counted
   */
  boolean hold(long before, long after) {
    long others = buffered - before;
    if (after > before && others > 0 && others + after > limits.buffered()) {
      refused.incrementAndGet();
      return false;
    }
    buffered = others + after;
    return true;
  }

  private boolean hasRoom(Peer peer) {
    if (countOf(peer) >= limits.connectionsPerUser()
        && !evict(one -> one.peer().uid() == peer.uid())) {
      return false;
    }
    return open.size() < limits.connections() || evict(_ -> true);
  }

  private int countOf(Peer peer) {
    return perUser.getOrDefault(peer.uid(), 0);
  }

  private boolean evict(Predicate<Connection> among) {
    long now = time.nanos();
    long grace = limits.evictable().toNanos();
    for (Connection one : List.copyOf(open)) {
      if (now - one.since() < grace) {
        return false; // and all after it are younger
      }
      if (one.phase() == Connection.ConnectionPhase.IDLE && among.test(one)) {
        one.poll(); // its first byte may have arrived in this round of events
        if (one.phase() == Connection.ConnectionPhase.IDLE) {
          evicted.incrementAndGet();
          one.close();
        }
        if (one.phase() == Connection.ConnectionPhase.CLOSED) {
          return true;
        }
      }
    }
    return false;
  }

  private void warn(Peer peer) {
    if (warning.isDue()) {
      LOG.log(
          Level.WARNING,
          "too many connections: {0} open, {1} of them of the refused peer ({2})",
          open.size(),
          countOf(peer),
          peer);
    }
  }

  void closed(Connection connection) {
    if (open.remove(connection)) {
      perUser.computeIfPresent(
          connection.peer().uid(), (_, count) -> count == 1 ? null : count - 1);
      size.decrementAndGet();
      endDrain();
    }
  }

  private void startSweeping() {
    if (!sweeping.get() && sweeping.compareAndSet(false, true)) {
      time.scheduler().schedule(SWEEP, this::tick);
    }
  }

  /**
   * Runs on the scheduler's thread: one timer for all, which stops while no client is connected.
   */
  private void tick() {
    if (size.get() == 0) {
      sweeping.set(false);
      if (size.get() > 0) {
        startSweeping();
      }
      return;
    }
    time.scheduler().schedule(SWEEP, this::tick);
    loop.execute(this::sweep);
  }

  private void sweep() {
    long now = time.nanos();
    for (Connection one : List.copyOf(open)) {
      if (one.isDue(now)) {
        timedOut.incrementAndGet();
        LOG.log(Level.DEBUG, "closed a connection of {0}: {1} too long", one.peer(), one.phase());
        one.close();
      }
    }
  }

  /** Closes connections without a pending answer; the loop stops when the last is closed. */
  void drain() {
    draining = true;
    for (Connection one : List.copyOf(open)) {
      one.poll();
      if (!one.isOwed()) {
        one.close();
      }
    }
    endDrain();
  }

  /** Closes all, including those with a pending answer. */
  void closeAll() {
    List.copyOf(open).forEach(Connection::close);
  }

  private void endDrain() {
    if (draining && open.isEmpty()) {
      loop.stop();
    }
  }

  /** Returns the counts; callable from any thread. */
  SocketCounts counts(long denied, long pauses) {
    return new SocketCounts(
        size.get(),
        accepted.get(),
        denied,
        refused.get(),
        evicted.get(),
        timedOut.get(),
        malformed.get(),
        requests.get(),
        pauses);
  }
}
