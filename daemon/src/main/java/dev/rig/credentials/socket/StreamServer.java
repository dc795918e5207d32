package dev.rig.credentials.socket;

import dev.rig.credentials.concurrent.Workers;
import dev.rig.credentials.linux.Epoll;
import dev.rig.credentials.linux.EventLoop;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.linux.PeerCredentials;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.socket.bind.PathBinding;
import dev.rig.credentials.socket.bind.SocketBinding;
import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketLimits;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.socket.bind.SocketRefusedException;
import dev.rig.credentials.socket.bind.TcpBinding;
import dev.rig.credentials.time.Scheduler.Cancellable;
import dev.rig.credentials.time.Time;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket that passes each connection to a protocol, as a blocking stream, when its
 * whole request has arrived. Until then a connection uses no thread, and at a limit the oldest of
 * these is closed: incomplete requests cannot block others (F37).
 */
public final class StreamServer implements AutoCloseable {
  /** The protocol of a server's connections. */
  public interface Protocol {
    /**
     * Starts to look for the end of a request.
     *
     * @param interim sends bytes to the client while its request is incomplete
     */
    Framing framing(Consumer<byte[]> interim);
  }

  /** Finds the end of one request, and answers it. */
  public interface Framing {
    /** Returns whether these further bytes complete the request, or make it invalid. */
    boolean isCompleteWith(byte[] bytes, int from, int to);

    /**
     * Answers the request of a stream, on another thread; the stream is closed afterwards. The
     * request is complete or invalid, or its client sends nothing more.
     */
    void serve(PeerStream stream);

    /**
     * Returns what a client receives whose request is still incomplete at the deadline, before its
     * connection is closed; empty if it receives nothing.
     */
    byte[] timeoutAnswer();
  }

  /** The most requests that are answered at a time; further ones wait. */
  private static final int THREADS = 64;

  /** The most requests of one user at a time; further ones are closed, and clients retry. */
  private static final int THREADS_OF_A_USER = 32;

  private static final int FIRST_BUFFER = 1024;
  private static final int CHUNKS_PER_TURN = 8;
  private static final int NO_USER = -1;

  private final SocketLimits limits;
  private final Protocol protocol;
  private final Time time;
  private final EventLoop loop;
  private final Workers threads;
  private final Acceptor acceptor;
  private final Set<PeerStream> answered = ConcurrentHashMap.newKeySet();
  private final AtomicInteger open = new AtomicInteger();
  private final Map<Integer, Integer> openByUser = new ConcurrentHashMap<>();
  private final AtomicBoolean closing = new AtomicBoolean();

  // Only the event loop uses these.
  private final DescriptorIo io = new DescriptorIo();

  /** Ordered by age. */
  private final Set<IncomingRequest> incoming = new LinkedHashSet<>();

  private long buffered;

  private StreamServer(
      SocketBinding binding,
      Acceptor.Peers peers,
      SocketLimits limits,
      Protocol protocol,
      String name,
      Time time,
      EventLoop loop) {
    this.limits = limits;
    this.protocol = protocol;
    this.time = time;
    this.loop = loop;
    threads = new Workers(name, 1, THREADS, limits.connections(), time.scheduler());
    acceptor = new Acceptor(binding, peers, loop, time, this::admit);
  }

  /**
   * Binds a Unix socket and starts to serve.
   *
   * @param name of the threads
   * @throws SocketBusyException if another daemon serves that path
   * @throws SocketRefusedException if the path or its folder is unsuitable, or the system rejects
   *     it
   */
  public static StreamServer open(
      SocketOptions options, Protocol protocol, String name, Time time) {
    return open(
        new PathBinding(options),
        new PeerCredentials()::of,
        options.limits(),
        protocol,
        name,
        time);
  }

  /** Starts to serve a TCP socket, whose peers the kernel does not report. */
  public static StreamServer open(
      TcpBinding binding, SocketLimits limits, Protocol protocol, String name, Time time) {
    return open(binding, _ -> null, limits, protocol, name, time);
  }

  private static StreamServer open(
      SocketBinding binding,
      Acceptor.Peers peers,
      SocketLimits limits,
      Protocol protocol,
      String name,
      Time time) {
    var loop = new EventLoop(name);
    StreamServer server;
    try {
      server = new StreamServer(binding, peers, limits, protocol, name, time, loop);
    } catch (RuntimeException refused) {
      loop.discard();
      throw refused;
    }
    server.acceptor.start();
    loop.start();
    server.acceptor.watch();
    return server;
  }

  /** Returns whether clients can reach it, as a component with that name. */
  public ComponentHealth health(String part) {
    return acceptor.health(part, Map.of());
  }

  /**
   * Runs the action soon if clients are served; never if not. It runs on one of the threads, which
   * proves that they take tasks, unless all of them are answering: slow requests are no reason to
   * restart the daemon.
   */
  public void ifServing(Runnable action) {
    acceptor.ifServing(() -> {
      if (threads.areAllBusy()) {
        action.run();
        return;
      }
      try {
        threads.execute(action);
      } catch (RejectedExecutionException shortage) {
        // The queue is full and threads do not start: clients are not served.
      }
    });
  }

  private void admit(int fd, @Nullable Peer peer) {
    int uid = uid(peer);
    boolean room =
        (openByUser.getOrDefault(uid, 0) < limits.connectionsPerUser()
                || evict(one -> uid(one.peer) == uid))
            && (open.get() < limits.connections() || evict(_ -> true));
    if (!room) {
      io.close(fd);
      return;
    }
    IncomingRequest request;
    try {
      request = new IncomingRequest(fd, peer);
    } catch (RuntimeException | Error failure) {
      io.close(fd);
      throw failure;
    }
    open.incrementAndGet();
    openByUser.merge(uid, 1, Integer::sum);
    incoming.add(request);
    try {
      request.start();
    } catch (RuntimeException | Error failure) {
      request.drop();
      throw failure;
    }
  }

  private static int uid(@Nullable Peer peer) {
    return peer == null ? NO_USER : peer.uid();
  }

  private boolean evict(Predicate<IncomingRequest> among) {
    for (var one : List.copyOf(incoming)) {
      if (among.test(one)) {
        one.receive(); // its last byte may have arrived in this round of events
        if (one.drop()) {
          return true;
        }
      }
    }
    return false;
  }

  private void answer(PeerStream stream, Framing request) {
    int uid = uid(stream.peer());
    long others = answered.stream().filter(other -> uid(other.peer()) == uid).count();
    answered.add(stream);
    if (uid != NO_USER && others >= THREADS_OF_A_USER) {
      end(stream);
      return;
    }
    try {
      threads.execute(() -> {
        try {
          request.serve(stream);
        } finally {
          end(stream);
        }
      });
    } catch (RejectedExecutionException tooMany) {
      end(stream);
    }
  }

  private void end(PeerStream stream) {
    stream.close();
    answered.remove(stream);
    forget(stream.peer());
  }

  private void forget(@Nullable Peer peer) {
    open.decrementAndGet();
    openByUser.computeIfPresent(uid(peer), (_, count) -> count > 1 ? count - 1 : null);
  }

  /**
   * Removes the file if it is still ours, waits for requests that are being answered for up to
   * {@link SocketLimits#drain}, and closes the others.
   */
  @Override
  public void close() {
    if (closing.getAndSet(true)) {
      return;
    }
    loop.execute(() -> {
      acceptor.close();
      List.copyOf(incoming).forEach(IncomingRequest::drop);
    });
    loop.stop();
    try {
      loop.join();
      threads.shutdown();
      if (threads.awaitTermination(limits.drain().toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException again) {
      Thread.currentThread().interrupt();
    }
    answered.forEach(PeerStream::abort);
    threads.shutdownNow();
  }

  /** A connection with an incomplete request. Used by the event loop. */
  private final class IncomingRequest implements EventLoop.Handler {
    private final int fd;
    private final @Nullable Peer peer;
    private final Framing framing;
    private final long end;
    private final Cancellable deadline;
    private byte[] bytes = new byte[0];
    private int length;
    private long token = -1;
    private boolean over;

    IncomingRequest(int fd, @Nullable Peer peer) {
      this.fd = fd;
      this.peer = peer;
      framing = protocol.framing(interim -> io.write(fd, interim, 0));
      end = time.nanos() + limits.request().toNanos();
      deadline = time.scheduler().schedule(limits.request(), () -> loop.execute(this::expire));
    }

    /** Reads what has arrived, and waits for the rest. */
    void start() {
      receive();
      if (!over) {
        token = loop.register(fd, Epoll.IN, this);
      }
    }

    @Override
    public void ready(int events) {
      receive();
    }

    @Override
    public void abandon() {
      drop();
    }

    void receive() {
      for (int turn = 0; turn < CHUNKS_PER_TURN && !over; turn++) {
        int count = io.read(fd);
        if (count == DescriptorIo.LATER) {
          return;
        }
        if (count == DescriptorIo.BROKEN || (count == 0 && length == 0)) {
          drop();
        } else if (count == 0 || isCompleteWith(count)) {
          handOver();
        }
      }
    }

    private boolean isCompleteWith(int count) {
      int before = length;
      if (before + count > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(FIRST_BUFFER, (before + count) * 2));
      }
      io.take(bytes, before, count);
      length += count;
      buffered += count;
      while (buffered > limits.buffered() && incoming.size() > 1) {
        var oldest = incoming.iterator();
        var one = oldest.next();
        (one == this ? oldest.next() : one).drop();
      }
      return framing.isCompleteWith(bytes, before, length);
    }

    private void handOver() {
      var stream = new PeerStream(fd, peer, Arrays.copyOf(bytes, length), time.ticker(), end);
      leave();
      answer(stream, framing);
    }

    private void expire() {
      if (!over && length > 0) {
        io.write(fd, framing.timeoutAnswer(), 0);
      }
      drop();
    }

    /** Closes the connection without an answer; false if it was passed on or closed already. */
    boolean drop() {
      if (over) {
        return false;
      }
      leave();
      io.close(fd);
      forget(peer);
      return true;
    }

    private void leave() {
      over = true;
      deadline.cancel();
      incoming.remove(this);
      buffered -= length;
      if (token >= 0) {
        loop.unregister(fd, token);
      }
    }
  }
}
