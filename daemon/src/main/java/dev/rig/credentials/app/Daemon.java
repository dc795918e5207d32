package dev.rig.credentials.app;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.LeaseKey;
import dev.rig.credentials.cache.CachePolicy;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.helperapi.HelperApi;
import dev.rig.credentials.kubelet.KubeletApi;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.problem.ProblemsException;
import dev.rig.credentials.socket.RequestHandler;
import dev.rig.credentials.socket.SocketOptions;
import dev.rig.credentials.socket.SocketServer;
import dev.rig.credentials.source.ProcessRunner;
import dev.rig.credentials.time.SystemScheduler;
import dev.rig.credentials.time.Time;
import dev.rig.credentials.wire.Action;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A running daemon: everything that the packages below make, put together. */
public final class Daemon implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Daemon.class.getName());

  /**
   * Keys beyond the configured ones, which only globs make: more are a sign of somebody probing.
   */
  private static final int GLOB_KEYS = 4096;

  private final SystemScheduler scheduler;
  private final ProcessRunner runner;
  private final ExpiringCache<LeaseKey, Lease> leases;
  private final SocketServer socket;

  private Daemon(
      SystemScheduler scheduler,
      ProcessRunner runner,
      ExpiringCache<LeaseKey, Lease> leases,
      SocketServer socket) {
    this.scheduler = scheduler;
    this.runner = runner;
    this.leases = leases;
    this.socket = socket;
  }

  /**
   * Starts a daemon; when this returns, the socket answers.
   *
   * @param environment what scripts inherit, without this daemon's own keys
   * @param version for {@code version}
   * @throws ProblemsException when the configuration asks for what this version does not do
   * @throws dev.rig.credentials.socket.SocketBusyException when another daemon serves there
   * @throws dev.rig.credentials.socket.SocketRefusedException when the socket's path is not fit
   * @throws UncheckedIOException when the folder for running scripts cannot be used
   */
  public static Daemon start(
      Configuration configuration,
      Settings settings,
      Map<String, String> environment,
      String version) {
    if (configuration.daemon().access() != null) {
      throw new ProblemsException(
          List.of(
              new Problem(
                  "daemon.access",
                  0,
                  0,
                  "this version does not enforce access rules",
                  "leave them out, and let socketMode and socketGroup say who may connect")));
    }
    var scheduler = new SystemScheduler();
    var time = scheduler.time();
    var leases =
        new ExpiringCache<LeaseKey, Lease>(
            Broker.LOADER,
            Lease::expiresAt,
            CachePolicy.standard(configuration.registries().size() + GLOB_KEYS),
            time,
            new SplittableRandom());
    var broker = new Broker(leases, time);
    var helpers = new HelperApi(broker, version);
    var kubelet = new KubeletApi(broker, time);
    RequestHandler handler =
        (request, peer) ->
            request.action() == Action.KUBELET
                ? kubelet.answer(request.payload())
                : helpers.answer(request);
    var options =
        SocketOptions.at(settings.socket())
            .withAccess(settings.socketMode(), settings.socketGroup());
    // Entries before the socket: nobody is ever answered from an empty table. The runner's folder
    // lies beside the socket, so that of two daemons it belongs to the one that has the lock.
    SocketServer socket = null;
    ProcessRunner runner = null;
    try {
      var gate = new Gate(handler);
      socket = SocketServer.open(options, gate, time);
      runner = runner(socket.path(), environment, time);
      broker.replace(new Entries(runner, time).of(configuration.registries()));
      gate.open();
      for (var name : settings.notServed()) {
        LOG.log(Level.WARNING, "this version does not serve daemon.{0} yet", name);
      }
      LOG.log(Level.INFO, "{0} registries", configuration.registries().size());
      return new Daemon(scheduler, runner, leases, socket);
    } catch (RuntimeException e) {
      if (socket != null) {
        socket.close();
      }
      if (runner != null) {
        runner.close();
      }
      scheduler.close();
      throw e;
    }
  }

  private static ProcessRunner runner(Path socket, Map<String, String> environment, Time time) {
    var inherited = new HashMap<>(environment);
    inherited.keySet().removeIf(name -> name.startsWith("RIG_"));
    var folder = socket.resolveSibling(socket.getFileName() + ".run");
    try {
      return ProcessRunner.open(folder, inherited, time);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The socket's file. */
  public Path socket() {
    return socket.path();
  }

  /** What runs the scripts: there may be only one in a process. */
  public ProcessRunner processes() {
    return runner;
  }

  /** Stops: the socket first, then the scripts that run. Takes 8 s at the most. */
  @Override
  public void close() {
    LOG.log(Level.INFO, "stopping");
    socket.close();
    runner.close();
    leases.close();
    scheduler.close();
  }
}
