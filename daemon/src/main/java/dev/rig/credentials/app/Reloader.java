package dev.rig.credentials.app;

import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.ConfigurationRemarks;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.files.ConfigWatch;
import dev.rig.credentials.config.files.PasswordFiles;
import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.problem.ProblemsException;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Takes over a changed configuration, whole or not at all (F14 to F16). One that cannot be used is
 * refused: what is served stays, and what is wrong is logged and told by {@link #health}.
 */
final class Reloader implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Reloader.class.getName());

  /** Two looks have to agree, and the whole has two seconds (F15). */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(400);

  /** The settings of the daemon's that a reload takes over. */
  private static final Set<String> TAKEN_OVER =
      Set.of(DaemonSettings.ACCESS.name(), DaemonSettings.REGISTRY_CLIENT.name());

  private final ConfigWatch watch;
  private final Function<Configuration, EntryChanges> apply;
  private final Map<String, String> environment;
  private final Metrics metrics;
  private final Time time;
  private final ExecutorService worker;
  private final AtomicLong applied = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile List<String> problems = List.of();

  // These belong to the worker.
  private Configuration current;

  /** Whether the files could not be read, as in a shortage: then each look reads them again. */
  private boolean unread;

  /**
   * A reloader that does nothing before {@link #start}.
   *
   * @param current what is served now
   * @param apply serves another one from now on; throws {@link ProblemsException} when it cannot
   * @param environment of this process
   * @param worker runs one task at a time; closed together with the reloader
   */
  Reloader(
      ConfigWatch watch,
      Configuration current,
      Function<Configuration, EntryChanges> apply,
      Map<String, String> environment,
      Metrics metrics,
      Time time,
      ExecutorService worker) {
    this.watch = watch;
    this.current = current;
    this.apply = apply;
    this.environment = environment;
    this.metrics = metrics;
    this.time = time;
    this.worker = worker;
  }

  /** From now on changes are seen. */
  void start() {
    watch.also(current.passwordFiles());
    schedule();
  }

  private void schedule() {
    var _ = time.scheduler().schedule(BETWEEN_LOOKS, () -> execute(this::look));
  }

  /**
   * Loads now, whether or not a change was seen.
   *
   * @param before is run when it begins
   * @param after is run when it is done, well or not
   */
  void reload(Runnable before, Runnable after) {
    execute(() -> {
      before.run();
      try {
        LOG.log(Level.INFO, "asked to reload the configuration");
        load();
      } finally {
        after.run();
      }
    });
  }

  private void execute(Runnable task) {
    try {
      worker.execute(task);
    } catch (RejectedExecutionException closed) {
      // The daemon stops.
    }
  }

  private void look() {
    try {
      if (watch.look() || unread) {
        load();
      }
    } finally {
      schedule();
    }
  }

  private void load() {
    try {
      unread = true;
      var fingerprint = ConfigLoader.fingerprint(watch.present(), current.passwordFiles());
      unread = false;
      var next = load(watch.present()); // also when only who can write the files is another
      if (fingerprint.equals(current.fingerprint())) {
        if (!problems.isEmpty()) {
          problems = List.of();
          LOG.log(Level.INFO, "the configuration is the one in use again");
        }
        return;
      }
      var changes = apply.apply(next);
      var settings =
          next.daemon().changedFrom(current.daemon()).stream()
              .filter(name -> !TAKEN_OVER.contains(name))
              .toList();
      current = next;
      problems = List.of();
      applied.incrementAndGet();
      metrics.reload(true);
      ConfigurationRemarks.of(next).forEach(remark -> LOG.log(Level.INFO, remark));
      LOG.log(Level.INFO, "configuration reloaded: {0}", changes);
      if (!settings.isEmpty()) {
        LOG.log(
            Level.WARNING,
            "changed below daemon, takes effect after a restart: {0}",
            String.join(", ", settings));
      }
    } catch (ProblemsException e) {
      refuse(e.problems().stream().map(Problem::toString).toList());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "the configuration could not be reloaded", e);
      refuse(List.of("it could not be reloaded; see the log"));
    }
  }

  /**
   * Also the password files of a configuration that is refused are watched: one may be the fault.
   */
  private Configuration load(List<Path> paths) {
    var access = WriteAccess.ofThisProcess(environment);
    var passwordFiles = new PasswordFiles(access);
    try {
      return ConfigLoader.load(
          paths, passwordFiles, access, warning -> LOG.log(Level.WARNING, warning.toString()));
    } finally {
      watch.also(
          Stream.concat(current.passwordFiles().stream(), passwordFiles.named().stream())
              .distinct()
              .toList());
    }
  }

  private void refuse(List<String> reasons) {
    if (unread && reasons.equals(problems)) {
      return; // told before
    }
    refused.incrementAndGet();
    metrics.reload(false);
    problems = reasons;
    LOG.log(Level.ERROR, "the new configuration is invalid; the last good one stays in use:");
    reasons.forEach(reason -> LOG.log(Level.ERROR, reason));
  }

  /** How it does: unhealthy while what is in the files is not what is served. */
  ComponentHealth health() {
    var now = problems;
    return new ComponentHealth(
        "configuration",
        now.isEmpty(),
        now,
        Map.of("reloads", applied.get(), "refused", refused.get()));
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
