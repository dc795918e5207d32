package dev.rig.credentials.socket;

import dev.rig.credentials.linux.Epoll;
import dev.rig.credentials.linux.EventLoop;
import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.linux.PeerCredentials;
import dev.rig.credentials.socket.bind.BindingWatch;
import dev.rig.credentials.socket.bind.ListeningSocket;
import dev.rig.credentials.socket.bind.PathBinding;
import dev.rig.credentials.socket.bind.SocketBinding;
import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketHealth;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.socket.bind.SocketRefusedException;
import dev.rig.credentials.time.Time;
import java.io.IOException;
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
import jnr.constants.platform.Errno;

/**
 * A Unix socket, bound and watched like the daemon's own, whose connections are handed to a handler
 * as blocking streams, each on a thread of its own.
 *
 * <p>Platform threads: what blocks is a native call, which would hold a virtual thread's carrier.
 */
public final class StreamServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(StreamServer.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration IDLE_THREAD = Duration.ofSeconds(5);
  private static final int FLAGS = LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC;

  private final LibC libc = LibC.instance();
  private final SocketOptions options;
  private final Consumer<PeerStream> handler;
  private final Time time;
  private final SocketBinding binding;
  private final EventLoop loop;
  private final ExecutorService threads;
  private final Set<PeerStream> open = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Integer> openByUser = new ConcurrentHashMap<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final BindingWatch watch;

  // These belong to the event loop.
  private final PeerCredentials peers = new PeerCredentials();
  private ListeningSocket listener;
  private long token;

  private StreamServer(
      SocketOptions options, Consumer<PeerStream> handler, String name, Time time) {
    this.options = options;
    this.handler = handler;
    this.time = time;
    binding = new PathBinding(options);
    listener = binding.bind();
    loop = new EventLoop(name);
    watch =
        new BindingWatch(
            LOG, options.path(), binding, loop, time, closing::get, () -> listener, this::listenOn);
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
    var server = new StreamServer(options, handler, name, time);
    server.loop.execute(server::register);
    server.loop.start();
    server.watch.begin();
    return server;
  }

  /** The socket's file, absolute. */
  public Path path() {
    return options.path();
  }

  /** Whether clients can reach it. */
  public SocketHealth health() {
    return watch.health();
  }

  private void register() {
    token =
        loop.register(
            listener.descriptor(),
            Epoll.IN,
            new EventLoop.Source() {
              @Override
              public void ready(int events) {
                accept();
              }

              @Override
              public void abandon() {
                pause();
              }
            });
  }

  private void accept() {
    int fd = libc.accept4(listener.descriptor(), null, null, FLAGS);
    if (fd >= 0) {
      admit(fd);
      return;
    }
    var error = LibC.lastError();
    if (error != Errno.EAGAIN && error != Errno.EINTR && error != Errno.ECONNABORTED) {
      LOG.log(Level.WARNING, "cannot accept connections for now: {0}", error.name());
      pause();
    }
  }

  /** Out of descriptors the connection stays ready: without a pause the loop would spin (F22). */
  private void pause() {
    int descriptor = listener.descriptor();
    long current = token;
    loop.interest(descriptor, 0, current);
    time.scheduler()
        .schedule(
            PAUSE,
            () ->
                loop.execute(() -> {
                  if (current == token && !closing.get()) {
                    loop.interest(descriptor, Epoll.IN, current);
                  }
                }));
  }

  private void admit(int fd) {
    PeerStream stream;
    try {
      stream = new PeerStream(fd, peers.of(fd), time.ticker());
    } catch (IOException | RuntimeException failure) {
      LOG.log(Level.WARNING, "closed a connection whose peer is not known: {0}", failure);
      libc.close(fd);
      return;
    }
    int uid = stream.peer().uid();
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

  private void listenOn(ListeningSocket next) {
    loop.unregister(listener.descriptor(), token);
    listener.close();
    listener = next;
    register();
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
    loop.execute(() -> {
      binding.release();
      loop.unregister(listener.descriptor(), token);
      listener.close();
    });
    loop.stop();
    boolean interrupted = false;
    threads.shutdown();
    try {
      loop.join();
      if (!threads.awaitTermination(options.limits().drain().toMillis(), TimeUnit.MILLISECONDS)) {
        open.forEach(PeerStream::abort);
        threads.shutdownNow();
      }
    } catch (InterruptedException again) {
      interrupted = true;
      open.forEach(PeerStream::abort);
      threads.shutdownNow();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
