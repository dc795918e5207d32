package dev.rig.credentials.testing.kube;

import dev.rig.credentials.testing.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The network between a daemon and its API server, which a test can cut or make silent. */
public final class ApiProxy implements AutoCloseable {
  private static final int BUFFER = 16 * 1024;

  private final int port = FreePort.next();
  private final int target;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket listener;

  /** Creates an open connection to that server. */
  public ApiProxy(TestCluster cluster) {
    target = URI.create(cluster.url()).getPort();
    restore();
  }

  /** One connection of the daemon with its connection to the server. */
  private final class Connection {
    private final Socket here;
    private final Socket there;
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean dead;

    Connection(Socket here) throws IOException {
      this.here = here;
      this.there = new Socket(InetAddress.getLoopbackAddress(), target);
    }

    void run() {
      open.add(this);
      Thread.startVirtualThread(() -> copy(there, here));
      copy(here, there);
    }

    private void copy(Socket from, Socket to) {
      var buffer = new byte[BUFFER];
      try {
        var in = from.getInputStream();
        var out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          lastNanos = System.nanoTime();
          if (!dead) {
            out.write(buffer, 0, n);
          }
        }
      } catch (IOException e) {
        // its end
      }
      if (!dead) {
        close();
      }
    }

    void close() {
      open.remove(this);
      try (here;
          there) {
        dead = true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Returns the URL for the daemon, in place of the cluster's. */
  public String url() {
    return "https://127.0.0.1:" + port;
  }

  /** Makes all connections silent that were idle for so long, without closing them. */
  public void deadenIdle(Duration idle) {
    for (var connection : open) {
      connection.dead |= System.nanoTime() - connection.lastNanos > idle.toNanos();
    }
  }

  /** Cuts all connections and rejects new ones until {@link #restore}. */
  public void cut() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(Connection::close);
  }

  public void restore() {
    try {
      var opened = new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
      listener = opened;
      Thread.startVirtualThread(() -> accept(opened));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket opened) {
    while (!opened.isClosed()) {
      try {
        var connection = new Connection(opened.accept());
        Thread.startVirtualThread(connection::run);
      } catch (IOException e) {
        // closed, or the server is away
      }
    }
  }

  @Override
  public void close() {
    cut();
  }
}
