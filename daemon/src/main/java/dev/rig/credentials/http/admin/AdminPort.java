package dev.rig.credentials.http.admin;

import dev.rig.credentials.http.server.LazyHttpEngine;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.socket.OpenListener;
import dev.rig.credentials.socket.StreamServer;
import dev.rig.credentials.socket.bind.SocketLimits;
import dev.rig.credentials.socket.bind.TcpBinding;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The port for probes, Prometheus and browsers. It never sends a secret. */
public final class AdminPort implements OpenListener {
  private static final int MOST_CONNECTIONS = 512;

  private final InetSocketAddress address;
  private final LazyHttpEngine engine;
  private final StreamServer server;

  private AdminPort(InetSocketAddress address, LazyHttpEngine engine, StreamServer server) {
    this.address = address;
    this.engine = engine;
    this.server = server;
  }

  /**
   * Listens and starts to serve.
   *
   * @param wanted a port of 0 lets the system choose
   * @throws IOException if the address is unavailable, for example in use
   */
  public static AdminPort open(InetSocketAddress wanted, AdminPages pages, Time time)
      throws IOException {
    var limits = SocketLimits.standard().withConnections(MOST_CONNECTIONS, MOST_CONNECTIONS);
    var binding = TcpBinding.listen(wanted, limits.backlog());
    boolean loopback = binding.address().getAddress().isLoopbackAddress();
    var engine = new LazyHttpEngine("admin port", () -> pages.routing(loopback), time.ticker());
    return new AdminPort(
        binding.address(), engine, StreamServer.open(binding, limits, engine, "rig-admin", time));
  }

  /** Returns the address. */
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void warmUp() {
    engine.warmUp();
  }

  @Override
  public void ifServing(Runnable action) {
    server.ifServing(action);
  }

  @Override
  public String place() {
    return "http:/" + address;
  }

  @Override
  public ComponentHealth health() {
    return server.health("adminPort");
  }

  @Override
  public void close() {
    server.close();
  }
}
