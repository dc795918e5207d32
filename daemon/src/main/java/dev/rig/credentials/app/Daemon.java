package dev.rig.credentials.app;

import dev.rig.credentials.access.AccessControl;
import dev.rig.credentials.app.audit.AuditLog;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.concurrent.UncaughtErrors;
import dev.rig.credentials.concurrent.Workers;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.ConfigurationRemarks;
import dev.rig.credentials.config.files.ConfigWatch;
import dev.rig.credentials.helperapi.HelperApi;
import dev.rig.credentials.helperapi.ScriptSurroundings;
import dev.rig.credentials.http.admin.RecentActivity;
import dev.rig.credentials.kube.secret.PullSecrets;
import dev.rig.credentials.kubelet.KubeletApi;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.provider.Providers;
import dev.rig.credentials.registry.client.RegistryClient;
import dev.rig.credentials.registry.client.RegistrySettings;
import dev.rig.credentials.request.RequestApi;
import dev.rig.credentials.request.RequestObservers;
import dev.rig.credentials.request.RequestRouter;
import dev.rig.credentials.socket.SocketServer;
import dev.rig.credentials.socket.StartupGate;
import dev.rig.credentials.socket.bind.InheritedSocket;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.time.Scheduler;
import dev.rig.credentials.time.SystemScheduler;
import dev.rig.credentials.time.Ticker;
import dev.rig.credentials.wire.Action;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A running daemon: the composition of all packages below. */
public final class Daemon implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Daemon.class.getName());

  private static final long HTTP_STOP_SECONDS = 4;

  /** The file of stored logins. */
  private static final String LOGINS = "logins.sealed";

  private final ResourceScope scope;
  private final SystemdNotifier supervisor;
  private final SocketServer socket;
  private final ProcessRunner runner;
  private final HttpListeners http;
  private final @Nullable Reloader reloader;

  /**
   * Starts a daemon. The socket answers when this returns.
   *
   * @param watched the files and folders that the configuration comes from, which are reloaded when
   *     they change; empty for a fixed configuration
   * @param environment what scripts inherit, without this daemon's own keys
   * @param version for {@code version}
   * @throws dev.rig.credentials.socket.bind.SocketBusyException when another daemon serves the
   *     socket
   * @throws dev.rig.credentials.socket.bind.SocketRefusedException when the socket's path cannot be
   *     used
   * @throws UncheckedIOException if the folder for running scripts or the configured admin port is
   *     unavailable
   */
  public static Daemon start(
      Configuration configuration,
      ConfigWatch watched,
      EffectiveSettings settings,
      Map<String, String> environment,
      String version) {
    var scope = new ResourceScope();
    try {
      var scheduler = scope.add(new SystemScheduler(), SystemScheduler::close);
      UncaughtErrors.install(Ticker.system());
      HeapTrimmer.ofJvm(scheduler);
      return new Daemon(
          new DaemonContext(
              settings, environment, version, scheduler.time(), new ComponentHealthChecks(), scope),
          configuration,
          watched);
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Each stage needs the result of the stage before: the scripts' folder belongs to the daemon that
   * owns the socket, the entries need that folder, and the listeners need the entries.
   */
  private Daemon(DaemonContext context, Configuration configuration, ConfigWatch watched) {
    scope = context.scope();
    var time = context.time();
    var health = context.health();
    supervisor =
        scope.add(SystemdNotifier.of(context.environment(), time, health), SystemdNotifier::close);
    var audit = audit(context);
    var access = scope.add(AccessControl.open(time), AccessControl::close);
    var state =
        scope.add(new StateFiles(context.settings(), context.environment()), StateFiles::close);
    health.add(state::health);
    var logins = logins(context, state);
    var gate = new StartupGate();
    socket = bind(context, gate);
    int ownUid = ownUid();
    var rules = new AccessPolicyLoader(access, ownUid, socket.path());
    rules.enforce(configuration.daemon());
    runner = runner(context, socket.path());
    access.refuseOwnScripts(peer -> runner.isScript(peer.pid()));
    var registries =
        RegistrySettingsFactory.settings(configuration.daemon(), context.environment());
    var providers =
        scope.add(new Providers(reach(registries), context.environment(), time), Providers::close);
    var entries = new ServedEntries(context, configuration, runner, providers, state);
    var broker = entries.broker();
    var activity = new RecentActivity(time.clock());
    var observers = new RequestObservers();
    observers.add(audit);
    observers.add(new RequestMetrics(entries.metrics(), activity));
    gate.open(new RequestRouter(apis(context, entries, logins, ownUid), access, observers, time));
    var clusters = clusters(context, entries);
    http =
        scope.add(
            new HttpListeners(context, entries, Workers.one("rig-http", time.scheduler())),
            serving -> closeBoth(serving, socket, time.scheduler()));
    broker.prefetch();
    clusters.apply(configuration.clusters());
    var images = images(context, registries, broker, clusters, entries.metrics());
    http.openPlatform(
        socket.path(),
        new DevRegistryLookup(images, clusters::hostInside),
        clusters,
        access,
        observers);
    http.openAdmin(activity);
    http.warmUp();
    LOG.log(Level.INFO, "registry entries: {0}", configuration.registries().size());
    remark(configuration);
    reloader =
        watched.paths().isEmpty()
            ? null
            : scope.add(
                new Reloader(
                    watched,
                    configuration,
                    next -> {
                      var before = broker.entries();
                      var after = entries.prepare(next);
                      access.whileHeld(() -> {
                        broker.replace(after);
                        rules.enforce(next.daemon());
                      });
                      var outside =
                          RegistrySettingsFactory.settings(next.daemon(), context.environment());
                      images.replace(outside);
                      providers.replace(reach(outside));
                      broker.prefetch();
                      clusters.apply(next.clusters());
                      entries.changed();
                      remark(next);
                      return EntryChanges.between(before, after);
                    },
                    context.environment(),
                    entries.metrics(),
                    time,
                    Workers.one("rig-reload", time.scheduler())),
                Reloader::close);
    if (reloader != null) {
      health.add(reloader::health);
      reloader.start();
    }
    supervisor.ready();
    supervisor.watch(action -> socket.ifServing(() -> http.ifServing(action)));
  }

  private static void remark(Configuration configuration) {
    ConfigurationRemarks.of(configuration).forEach(remark -> LOG.log(Level.INFO, remark));
  }

  /** Closes both in parallel: each may wait for its own pending answers. */
  private static void closeBoth(HttpListeners http, SocketServer socket, Scheduler scheduler) {
    var other = Workers.one("rig-http-stop", scheduler);
    other.execute(http::close);
    other.shutdown();
    socket.close();
    try {
      boolean _ = other.awaitTermination(HTTP_STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static AuditLog audit(DaemonContext context) {
    var writer = new Workers("rig-audit", 0, 1, AuditLog.MOST_WAITING, context.time().scheduler());
    var audit = new AuditLog(context.settings().audit(), context.time(), writer);
    context.health().add(audit::health);
    return context.scope().add(audit, AuditLog::close);
  }

  /**
   * Opens the stored logins. Without any, the state folder stays untouched until the first login is
   * stored.
   */
  private static StoredLogins logins(DaemonContext context, StateFiles state) {
    var writer =
        context
            .scope()
            .add(Workers.one("rig-logins", context.time().scheduler()), ExecutorService::shutdown);
    var logins =
        new StoredLogins(() -> state.file(LOGINS, "logins"), writer, context.time().clock());
    if (state.holds(LOGINS)) {
      logins.load(context.time().scheduler());
    }
    context.health().add(logins::health);
    return logins;
  }

  private static Function<Action, RequestApi> apis(
      DaemonContext context, ServedEntries entries, StoredLogins logins, int ownUid) {
    var listings =
        context
            .scope()
            .add(
                Workers.one("rig-listings", context.time().scheduler()),
                ExecutorService::shutdownNow);
    var scripts =
        new ScriptSurroundings(
            context.environment().getOrDefault("PATH", ""),
            context.settings().shell().toString(),
            ownUid);
    var broker = entries.broker();
    var helpers =
        new HelperApi(
            broker,
            logins,
            context.version(),
            context.health(),
            scripts,
            entries::files,
            listings,
            context.time());
    var kubelet = new KubeletApi(broker, ownUid, context.time());
    return action -> action == Action.KUBELET ? kubelet : helpers;
  }

  private ClusterPullSecrets clusters(DaemonContext context, ServedEntries entries) {
    var clusters =
        new ClusterPullSecrets(entries.broker(), runner, context.environment(), context.time());
    var pullSecrets = scope.add(clusters.pullSecrets(), PullSecrets::close);
    context.health().addAll(pullSecrets::health);
    entries.onChange(pullSecrets::changed);
    entries.show(pullSecrets::readings);
    return clusters;
  }

  private static Providers.Reach reach(RegistrySettings outside) {
    return new Providers.Reach(outside.insecure(), outside.caFiles(), outside.proxies());
  }

  private static LazyRegistryClient images(
      DaemonContext context,
      RegistrySettings registries,
      Broker broker,
      ClusterPullSecrets clusters,
      Metrics metrics) {
    var images =
        new LazyRegistryClient(
            settings ->
                new RegistryClient(
                    broker,
                    settings.withDevelopment(clusters::isDevelopment),
                    context.time(),
                    (host, outcome, took) ->
                        metrics.registryCall(outcome.name().toLowerCase(Locale.ROOT), took)),
            registries);
    context.health().add(images::health);
    return images;
  }

  private static SocketServer bind(DaemonContext context, StartupGate gate) {
    var settings = context.settings();
    var time = context.time();
    var options =
        SocketOptions.at(settings.socket())
            .withAccess(settings.socketMode(), settings.socketGroup());
    var bound =
        InheritedSocket.of(context.environment())
            .map(inherited -> SocketServer.open(inherited, options, gate, time))
            .orElseGet(() -> SocketServer.open(options, gate, time));
    context.health().add(bound::health);
    return context.scope().add(bound, SocketServer::close);
  }

  private static ProcessRunner runner(DaemonContext context, Path socket) {
    var folder = socket.resolveSibling(socket.getFileName() + ".run");
    var environment = ScriptEnvironment.of(context.environment());
    try {
      return context
          .scope()
          .add(
              ProcessRunner.open(folder, environment, context.settings().shell(), context.time()),
              ProcessRunner::close);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int ownUid() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the socket's file. */
  public Path socket() {
    return socket.path();
  }

  /** Returns the platform's socket; empty if absent. */
  public Optional<Path> platformSocket() {
    return http.platform();
  }

  /** Returns the address of the admin port; empty if absent. */
  public Optional<InetSocketAddress> admin() {
    return http.admin();
  }

  /** Returns the runner of the scripts; a process may have only one. */
  public ProcessRunner processes() {
    return runner;
  }

  /** Reloads the configuration now; the log has the result. */
  public void reload() {
    if (reloader != null) {
      reloader.reload(supervisor::reloading, supervisor::ready);
    }
  }

  /**
   * Stops the daemon: closes the socket, saves the leases, then stops running scripts. Takes at
   * most 8 s. A client that still waits for a script when the socket's time is over gets no answer;
   * it asks the next daemon.
   */
  @Override
  public void close() {
    LOG.log(Level.INFO, "stopping");
    supervisor.stopping();
    scope.close();
  }
}
