package dev.rig.credentials.http.admin;

import dev.rig.credentials.http.server.LazyHttpEngine;
import dev.rig.credentials.http.server.RequestDeadline;
import dev.rig.credentials.http.server.TcpHttpConnection;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The port for probes, Prometheus and people's browsers. No secret ever goes through it. */
public final class AdminPort implements AutoCloseable {
  private static final Logger LOG = System.getLogger(AdminPort.class.getName());
  private static final int BACKLOG = 64;
  private static final int MOST_CONNECTIONS = 32;
  private static final Duration IDLE_THREAD = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration DRAIN = Duration.ofSeconds(1);

  /** A connection's whole life: who does not read its answer is cut off. */
  private static final Duration LIFE = Duration.ofSeconds(15);

  private final ServerSocket listener;
  private final LazyHttpEngine engine;
  private final Time time;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          MOST_CONNECTIONS,
          IDLE_THREAD.toMillis(),
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().name("rig-admin-", 0).daemon(true).factory());

  private AdminPort(ServerSocket listener, LazyHttpEngine engine, Time time) {
    this.listener = listener;
    this.engine = engine;
    this.time = time;
  }

  /**
   * Listens and begins to serve.
   *
   * @param address a port of 0 lets the system choose
   * @throws IOException when the address cannot be had, as when another process has the port
   */
  public static AdminPort open(InetSocketAddress address, AdminPages pages, Time time)
      throws IOException {
    if (address.isUnresolved()) {
      throw new IOException("no such host: " + address.getHostString());
    }
    var listener = new ServerSocket();
    try {
      listener.bind(address, BACKLOG);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    boolean loopback = listener.getInetAddress().isLoopbackAddress();
    var port =
        new AdminPort(listener, new LazyHttpEngine("admin", () -> pages.routing(loopback)), time);
    Thread.ofPlatform().name("rig-admin").daemon(true).start(port::accept);
    return port;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Makes ready for the first request, which takes a moment. */
  public void warmUp() {
    engine.warmUp();
  }

  private void accept() {
    boolean starved = false;
    while (closing.getCount() > 0) {
      try {
        admit(listener.accept());
        starved = false;
      } catch (IOException e) {
        if (closing.getCount() > 0 && !starved) {
          starved = true;
          LOG.log(Level.WARNING, "cannot accept connections for now: {0}", e.getMessage());
        }
        pause(); // out of descriptors the connection stays ready (F22)
      }
    }
  }

  private void pause() {
    try {
      boolean _ = closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void admit(Socket socket) {
    try {
      threads.execute(() -> serve(socket));
    } catch (RejectedExecutionException tooMany) {
      close(socket);
    }
  }

  private void serve(Socket socket) {
    var end = time.scheduler().schedule(LIFE, () -> close(socket));
    try {
      engine
          .get()
          .serve(
              new TcpHttpConnection(
                  socket, new RequestDeadline(time.ticker(), RequestDeadline.REQUEST)));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a request of the admin port failed", e);
    } finally {
      end.cancel();
      close(socket);
    }
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception gone) {
      LOG.log(Level.TRACE, "a connection was gone already");
    }
  }

  @Override
  public void close() {
    closing.countDown();
    close(listener);
    threads.shutdown();
    try {
      if (!threads.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
