package dev.rig.credentials.app;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.broker.EntryLeaseReading;
import dev.rig.credentials.broker.LeaseArchive;
import dev.rig.credentials.broker.StartJitter;
import dev.rig.credentials.cache.CachePolicy;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.concurrent.Workers;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.metrics.ClusterReading;
import dev.rig.credentials.metrics.GaugeReadings;
import dev.rig.credentials.metrics.LeaseReading;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.provider.Providers;
import dev.rig.credentials.source.HeldSecrets;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The entries of a configuration with their leases, including those saved before a restart. The
 * leases are restored before the first request.
 */
final class ServedEntries {
  private static final Logger LOG = System.getLogger(ServedEntries.class.getName());

  /** The limit of leases for hosts that match globs; more indicate probing. */
  private static final int GLOB_KEYS = 4096;

  private static final String FILE = "leases.sealed";
  private static final String PURPOSE = "leases";

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ExpiringCache<BrokerEntry, Lease> leases;
  private volatile Supplier<List<ClusterReading>> clusters = List::of;
  private final Broker broker;
  private final Metrics metrics;
  private final BrokerEntryFactory factory;
  private volatile List<String> files;

  /**
   * Loads the entries and restores their leases.
   *
   * @param runner runs their scripts
   * @param providers obtain the credentials of entries without a script
   */
  ServedEntries(
      DaemonContext context,
      Configuration configuration,
      ProcessRunner runner,
      Providers providers,
      StateFiles state) {
    var scope = context.scope();
    var time = context.time();
    var configured = configuration.registries();
    files = configuration.files();
    leases =
        scope.add(
            new ExpiringCache<>(
                Broker.LOADER,
                Lease::expiresAt,
                CachePolicy.standard(configured.size() + GLOB_KEYS),
                time,
                new SplittableRandom(),
                this::changed),
            ExpiringCache::close);
    var spread = new StartJitter(context.settings().prefetchSpread(), new SplittableRandom());
    broker = new Broker(leases, time, spread);
    metrics = new Metrics(context.version(), new Gauges(broker, context, () -> clusters.get()));
    var secrets = new HeldSecrets(context.environment());
    factory = new BrokerEntryFactory(runner, providers, secrets, metrics, time);
    broker.replace(factory.of(configured));
    restore(context, state, secrets);
    scope.add(broker, Broker::close);
  }

  /** The values of the gauges at a scrape. */
  private record Gauges(
      Broker broker, DaemonContext context, Supplier<List<ClusterReading>> pullSecrets)
      implements GaugeReadings {
    @Override
    public List<LeaseReading> leases() {
      var now = context.time().now();
      return broker.states().stream().map(state -> EntryLeaseReading.of(state, now)).toList();
    }

    @Override
    public List<ClusterReading> clusters() {
      return pullSecrets.get();
    }

    @Override
    public Map<String, Boolean> parts() {
      var parts = new TreeMap<String, Boolean>();
      for (var part : context.health().get()) {
        parts.merge(part.part(), part.healthy(), Boolean::logicalAnd);
      }
      return parts;
    }
  }

  /**
   * Restores leases. While the archive is unavailable, the daemon serves without it, and would
   * obtain every credential again after a restart.
   */
  private void restore(DaemonContext context, StateFiles state, HeldSecrets secrets) {
    if (!context.settings().warmRestart()) {
      forgetSaved(context, state);
      return;
    }
    var writer = Workers.one("rig-archive", context.time().scheduler());
    var archive =
        new LeaseArchive(() -> state.file(FILE, PURPOSE), leases, secrets, context.time(), writer);
    context.health().add(archive::health);
    archive.restore(broker::entries);
    listeners.add(archive::changed);
    context.scope().add(archive, LeaseArchive::close);
  }

  private static void forgetSaved(DaemonContext context, StateFiles state) {
    try {
      state.remove(FILE);
    } catch (StoreException e) {
      var message = "the leases of an earlier run stay in the state folder: " + e.getMessage();
      LOG.log(Level.WARNING, message);
      context.health().add(() -> new ComponentHealth("leases", false, List.of(message), Map.of()));
    }
  }

  /** Notifies the listeners that leases or entries have changed. */
  void changed() {
    listeners.forEach(Runnable::run);
  }

  Broker broker() {
    return broker;
  }

  Metrics metrics() {
    return metrics;
  }

  /** Exports the clusters' pull secrets as metrics. */
  void show(Supplier<List<ClusterReading>> readings) {
    clusters = readings;
  }

  /**
   * Registers a listener that runs, on any thread, when leases or entries have changed. It must not
   * block.
   */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Returns the entries of another configuration, ready to be served. */
  List<BrokerEntry> prepare(Configuration next) {
    var entries = factory.of(next.registries());
    leases.resize(next.registries().size() + GLOB_KEYS);
    files = next.files();
    return entries;
  }

  /** Returns the files of the configuration that is served. */
  List<String> files() {
    return files;
  }
}
