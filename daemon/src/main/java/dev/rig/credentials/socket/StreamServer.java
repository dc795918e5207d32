package dev.rig.credentials.socket;

import dev.rig.credentials.linux.EventLoop;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.socket.bind.PathBinding;
import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.socket.bind.SocketRefusedException;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A Unix socket, bound and watched like the daemon's own, whose connections are handed to a handler
 * as blocking streams, each on a thread of its own.
 *
 * <p>Platform threads: what blocks is a native call, which would hold a virtual thread's carrier.
 */
public final class StreamServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(StreamServer.class.getName());
  private static final Duration IDLE_THREAD = Duration.ofSeconds(5);

  private final SocketOptions options;
  private final Consumer<PeerStream> handler;
  private final Time time;
  private final EventLoop loop;
  private final ExecutorService threads;
  private final Set<PeerStream> open = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Integer> openByUser = new ConcurrentHashMap<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Acceptor acceptor;

  private StreamServer(
      SocketOptions options, Consumer<PeerStream> handler, String name, Time time, EventLoop loop) {
    this.options = options;
    this.handler = handler;
    this.time = time;
    this.loop = loop;
    acceptor =
        new Acceptor(new PathBinding(options), options.path().toString(), loop, time, this::admit);
    threads =
        new ThreadPoolExecutor(
            0,
            options.limits().connections(),
            IDLE_THREAD.toMillis(),
            TimeUnit.MILLISECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().name(name + "-", 0).daemon(true).factory());
  }

  /**
   * Binds the socket and begins to accept.
   *
   * @param handler holds one conversation and returns; the stream is closed behind it
   * @param name of the threads
   * @throws SocketBusyException when another daemon serves at that path
   * @throws SocketRefusedException when the path or its folder is not fit, or the system refuses
   */
  public static StreamServer open(
      SocketOptions options, Consumer<PeerStream> handler, String name, Time time) {
    var loop = new EventLoop(name);
    StreamServer server;
    try {
      server = new StreamServer(options, handler, name, time, loop);
    } catch (RuntimeException refused) {
      loop.discard();
      throw refused;
    }
    server.acceptor.start();
    server.loop.start();
    server.acceptor.watch();
    return server;
  }

  /** The socket's file, absolute. */
  public Path path() {
    return options.path();
  }

  /** Whether clients can reach it, under that name. */
  public ComponentHealth health(String part) {
    return acceptor.health(part, Map.of());
  }

  private void admit(int fd, Peer peer) {
    var stream = new PeerStream(fd, peer, time.ticker());
    int uid = peer.uid();
    if (openByUser.merge(uid, 1, Integer::sum) > options.limits().connectionsPerUser()) {
      forget(uid);
      stream.close();
      return;
    }
    open.add(stream);
    try {
      threads.execute(() -> handle(stream));
    } catch (RejectedExecutionException tooMany) {
      end(stream);
    }
  }

  private void handle(PeerStream stream) {
    try {
      handler.accept(stream);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a conversation failed", e);
    } finally {
      end(stream);
    }
  }

  private void end(PeerStream stream) {
    open.remove(stream);
    forget(stream.peer().uid());
    stream.close();
  }

  private void forget(int uid) {
    openByUser.computeIfPresent(uid, (_, count) -> count > 1 ? count - 1 : null);
  }

  /**
   * Removes the file if it is still ours, lets who is being answered finish within {@link
   * SocketLimits#drain}, and closes the others.
   */
  @Override
  public void close() {
    if (closing.getAndSet(true)) {
      return;
    }
    loop.execute(acceptor::close);
    loop.stop();
    threads.shutdown();
    try {
      loop.join();
      if (threads.awaitTermination(options.limits().drain().toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException again) {
      Thread.currentThread().interrupt();
    }
    open.forEach(PeerStream::abort);
    threads.shutdownNow();
  }
}
