package dev.rig.credentials.app;

import dev.rig.credentials.access.AccessControl;
import dev.rig.credentials.app.audit.AuditLog;
import dev.rig.credentials.app.audit.RequestObservers;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.LeaseArchive;
import dev.rig.credentials.broker.LeaseKey;
import dev.rig.credentials.broker.StartJitter;
import dev.rig.credentials.cache.CachePolicy;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.files.ConfigWatch;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.helperapi.HelperApi;
import dev.rig.credentials.http.platform.ImageLookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.kubelet.KubeletApi;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.registry.RegistryCredentials;
import dev.rig.credentials.registry.client.RegistryClient;
import dev.rig.credentials.registry.client.RegistrySettings;
import dev.rig.credentials.socket.SocketServer;
import dev.rig.credentials.socket.bind.InheritedSocket;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.time.SystemScheduler;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A running daemon: everything that the packages below make, put together. */
public final class Daemon implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Daemon.class.getName());

  /**
   * Keys beyond the configured ones, which only globs make: more are a sign of somebody probing.
   */
  private static final int GLOB_KEYS = 4096;

  /** The file of the logins that people store. */
  private static final String LOGINS = "logins.sealed";

  private final SystemScheduler scheduler = new SystemScheduler();
  private final Time time = scheduler.time();
  private final ComponentHealthChecks health = new ComponentHealthChecks();
  private final RequestObservers observers = new RequestObservers();
  private final Deque<Runnable> endings = new ArrayDeque<>();
  private @Nullable SocketServer socket;
  private @Nullable ProcessRunner runner;
  private @Nullable Reloader reloader;
  private final SystemdNotifier supervisor;
  private @Nullable HttpListeners http;

  private Daemon(Map<String, String> environment) {
    endings.push(scheduler::close);
    supervisor = SystemdNotifier.of(environment, time, health);
    endings.push(supervisor::close);
  }

  /**
   * Starts a daemon; when this returns, the socket answers.
   *
   * @param watched the files and folders that the configuration comes from, to be reloaded when
   *     they change; empty for a configuration that stays
   * @param environment what scripts inherit, without this daemon's own keys
   * @param version for {@code version}
   * @throws dev.rig.credentials.socket.bind.SocketBusyException when another daemon serves there
   * @throws dev.rig.credentials.socket.bind.SocketRefusedException when the socket's path is not
   *     fit
   * @throws UncheckedIOException when the folder for running scripts cannot be used, or an admin
   *     port that was asked for
   */
  public static Daemon start(
      Configuration configuration,
      List<Path> watched,
      EffectiveSettings settings,
      Map<String, String> environment,
      String version) {
    var daemon = new Daemon(environment);
    try {
      daemon.open(configuration, watched, settings, environment, version);
      return daemon;
    } catch (RuntimeException e) {
      daemon.end();
      throw e;
    }
  }

  /**
   * What is opened last is closed first. Entries and leases come before the gate: nobody is ever
   * answered from an empty table. The runner's folder lies beside the socket, so that of two
   * daemons it belongs to the one that has the lock.
   */
  private void open(
      Configuration configuration,
      List<Path> watched,
      EffectiveSettings settings,
      Map<String, String> environment,
      String version) {
    var archive = new AtomicReference<@Nullable LeaseArchive>();
    var clusters = new AtomicReference<@Nullable ClusterPullSecrets>();
    Runnable changed =
        () -> {
          var opened = archive.get();
          if (opened != null) {
            opened.changed();
          }
          var kept = clusters.get();
          if (kept != null) {
            kept.pullSecrets().changed();
          }
        };
    var leases =
        new ExpiringCache<LeaseKey, Lease>(
            Broker.LOADER,
            Lease::expiresAt,
            CachePolicy.standard(configuration.registries().size() + GLOB_KEYS),
            time,
            new SplittableRandom(),
            changed);
    endings.push(leases::close);
    var broker =
        new Broker(
            leases, time, new StartJitter(settings.prefetchSpread(), new SplittableRandom()));
    var audit =
        new AuditLog(
            settings.audit(),
            time,
            BackgroundThreads.oneBehind(AuditLog.MOST_WAITING, "rig-audit"));
    endings.push(audit::close);
    observers.add(audit);
    health.add(audit::health);
    var metrics = new Metrics(version, new DaemonGauges(broker, health, time));
    var serving = new HttpListeners(broker, health, metrics, observers, time);
    http = serving;
    int ownUid = ownUid();
    var access = AccessControl.open(time);
    endings.push(access::close);
    var state = new StateFiles(settings, environment);
    var logins = logins(state);
    var gate =
        new StartupGate(
            requests(
                new HelperApi(
                    broker,
                    logins,
                    version,
                    health,
                    environment.getOrDefault("PATH", ""),
                    time::nanos),
                broker,
                access,
                ownUid));
    var bound = bind(settings, environment, gate);
    var rules = new AccessPolicyLoader(access, ownUid, bound.path());
    rules.enforce(configuration.daemon());
    var running = runner(bound.path(), environment, time);
    runner = running;
    endings.push(running::close);
    var entries = new BrokerEntryFactory(running, metrics, time);
    broker.replace(entries.of(configuration.registries()));
    WarmRestart.open(settings, state, leases, time, health)
        .ifPresent(opened -> {
          opened.restore(broker.entries());
          archive.set(opened);
          endings.push(opened::close);
        });
    gate.open();
    var inClusters = new ClusterPullSecrets(broker, running, environment, time);
    clusters.set(inClusters);
    endings.push(inClusters.pullSecrets()::close);
    health.addAll(inClusters.pullSecrets()::health);
    // The archive writes its last before the runner's end can change anything.
    endings.push(broker::close);
    endings.push(() -> BackgroundThreads.together(serving::close, bound::close));
    broker.prefetch();
    inClusters.apply(configuration.clusters());
    var devHosts = new DevHostMapping();
    devHosts.replace(configuration);
    var images =
        images(
            broker, metrics, RegistrySettingsFactory.settings(configuration.daemon(), environment));
    serving.openPlatform(settings, bound.path(), images, devHosts, inClusters, access);
    serving.openAdmin(settings, version);
    BackgroundThreads.once("rig-http", serving::warmUp);
    LOG.log(Level.INFO, configuration.registries().size() + " registries");
    if (!watched.isEmpty()) {
      reloader =
          new Reloader(
              new ConfigWatch(watched),
              configuration,
              next -> {
                var before = broker.entries();
                leases.resize(next.registries().size() + GLOB_KEYS);
                access.whileHeld(() -> {
                  broker.replace(entries.of(next.registries()));
                  rules.enforce(next.daemon());
                });
                devHosts.replace(next);
                broker.prefetch();
                inClusters.apply(next.clusters());
                changed.run();
                return EntryChanges.between(before, broker.entries());
              },
              metrics,
              time,
              BackgroundThreads.one("rig-reload"));
      health.add(reloader::health);
      endings.push(reloader::close);
      reloader.start();
    }
    supervisor.ready();
    supervisor.watch(bound::ifServing);
  }

  /** Where there are none, the state folder is left alone until the first one is stored. */
  private StoredLogins logins(StateFiles state) {
    var writer = BackgroundThreads.one("rig-logins");
    endings.push(writer::shutdown);
    var logins = new StoredLogins(() -> state.file(LOGINS, "logins"), writer, time.clock());
    if (state.holds(LOGINS)) {
      logins.load();
    }
    health.add(logins::health);
    return logins;
  }

  private RequestRouter requests(
      HelperApi helpers, Broker broker, AccessControl access, int ownUid) {
    var listings = BackgroundThreads.one("rig-listings");
    endings.push(listings::shutdownNow);
    return new RequestRouter(
        helpers, new KubeletApi(broker, time), access, ownUid, listings, observers, time);
  }

  private ImageLookup images(Broker broker, Metrics metrics, RegistrySettings registries) {
    var credentials =
        new RegistryCredentials() {
          @Override
          public CompletableFuture<Lookup> lookup(ImageReference reference) {
            return broker.lookup(reference);
          }

          @Override
          public boolean reject(ImageReference reference, Lease lease) {
            return broker.reject(reference, lease);
          }
        };
    return new LazyRegistryClient(() ->
        new RegistryClient(
            credentials,
            registries,
            time,
            (host, outcome, took) ->
                metrics.registryCall(outcome.name().toLowerCase(Locale.ROOT), took)));
  }

  private SocketServer bind(
      EffectiveSettings settings, Map<String, String> environment, StartupGate gate) {
    var options =
        SocketOptions.at(settings.socket())
            .withAccess(settings.socketMode(), settings.socketGroup());
    var bound =
        InheritedSocket.of(environment)
            .map(inherited -> SocketServer.open(inherited, options, gate, time))
            .orElseGet(() -> SocketServer.open(options, gate, time));
    socket = bound;
    endings.push(bound::close);
    health.add(bound::health);
    return bound;
  }

  private static ProcessRunner runner(Path socket, Map<String, String> environment, Time time) {
    var folder = socket.resolveSibling(socket.getFileName() + ".run");
    try {
      return ProcessRunner.open(folder, ScriptEnvironment.of(environment), time);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What this process alone is told: a script must not speak to the service manager for it. */
  private static int ownUid() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The socket's file. */
  public Path socket() {
    return Objects.requireNonNull(socket).path();
  }

  /** The platform's socket; empty where there is none. */
  public Optional<Path> platformSocket() {
    return Objects.requireNonNull(http).platform();
  }

  /** Where the admin port listens; empty where there is none. */
  public Optional<InetSocketAddress> admin() {
    return Objects.requireNonNull(http).admin();
  }

  /** What runs the scripts: there may be only one in a process. */
  public ProcessRunner processes() {
    return Objects.requireNonNull(runner);
  }

  /** Loads the configuration now; what comes of it is in the log. */
  public void reload() {
    if (reloader != null) {
      reloader.reload(supervisor::reloading, supervisor::ready);
    }
  }

  /**
   * Stops: the socket first, then the leases are kept, then the scripts that run. Takes 8 s at the
   * most. Who still waits for a script when the socket's time is over is closed without an answer,
   * and asks the next daemon.
   */
  @Override
  public void close() {
    LOG.log(Level.INFO, "stopping");
    supervisor.stopping();
    end();
  }

  private void end() {
    while (!endings.isEmpty()) {
      endings.pop().run();
    }
  }
}
