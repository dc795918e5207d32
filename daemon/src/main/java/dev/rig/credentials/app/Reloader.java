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
import dev.rig.credentials.source.process.Shell;
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
import org.jspecify.annotations.Nullable;

/**
 * Applies a changed configuration as a whole (F14 to F16). An invalid one is rejected: the current
 * one stays in effect, and the errors are logged and reported by {@link #health}.
 */
final class Reloader implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Reloader.class.getName());

  /** Two successive reads must agree, and the reload must finish within two seconds (F15). */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(400);

  /** The daemon settings that a reload applies. */
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

  // only the worker uses these
  private Configuration current;

  /**
   * Whether the files could not be read, for example for lack of file descriptors; then each check
   * reads them again.
   */
  private boolean unread;

  /**
   * Creates a reloader that does nothing before {@link #start}.
   *
   * @param current the configuration in effect
   * @param apply puts a configuration into effect; throws {@link ProblemsException} if it cannot
   * @param environment of this process
   * @param worker runs one task at a time; closed with the reloader
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

  /** Starts to watch for changes. */
  void start() {
    watch.also(current.passwordFiles());
    schedule();
  }

  private void schedule() {
    var _ = time.scheduler().schedule(BETWEEN_LOOKS, () -> execute(this::look));
  }

  /**
   * Reloads now, whether or not a change was detected.
   *
   * @param before runs when the reload begins
   * @param after runs when the reload ends, whether or not it succeeded
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
      // The daemon is stopping.
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
      var next = load(watch.present()); // also if only the files' owner or permissions changed
      unread = false;
      if (next.fingerprint().equals(current.fingerprint())) {
        if (!problems.isEmpty()) {
          problems = List.of();
          LOG.log(Level.INFO, "the configuration files match the configuration in use again");
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
            "changed keys of daemon, which take effect after a restart: {0}",
            String.join(", ", settings));
      }
    } catch (ProblemsException e) {
      unread = e.isReadFailure();
      refuse(e.problems().stream().map(Problem::toString).toList());
    } catch (RuntimeException e) {
      unread = false;
      LOG.log(Level.ERROR, "the configuration could not be reloaded", e);
      refuse(List.of("it could not be reloaded; the log has the reason"));
    }
  }

  /** Password files of a rejected configuration are watched too: one of them may be the cause. */
  private Configuration load(List<Path> paths) {
    var access = WriteAccess.ofThisProcess(environment);
    var passwordFiles = new PasswordFiles(access);
    try {
      var next =
          ConfigLoader.load(
              paths, passwordFiles, access, warning -> LOG.log(Level.WARNING, warning.toString()));
      requireShell(next.daemon().get(DaemonSettings.SHELL), access);
      return next;
    } finally {
      watch.also(
          Stream.concat(current.passwordFiles().stream(), passwordFiles.named().stream())
              .distinct()
              .toList());
    }
  }

  /** Rejects another shell with which the next start would fail. */
  private void requireShell(@Nullable Path shell, WriteAccess access) {
    if (shell != null && !shell.equals(current.daemon().get(DaemonSettings.SHELL))) {
      Shell.of(shell)
          .problem(access)
          .ifPresent(problem -> {
            throw new ProblemsException(List.of(new Problem("daemon.shell", 0, 0, problem, null)));
          });
    }
  }

  private void refuse(List<String> reasons) {
    if (unread && reasons.equals(problems)) {
      return; // reported before
    }
    refused.incrementAndGet();
    metrics.reload(false);
    problems = reasons;
    LOG.log(Level.ERROR, "the new configuration is invalid; the last valid one stays in use:");
    reasons.forEach(reason -> LOG.log(Level.ERROR, reason));
  }

  /** Returns the health: unhealthy while the files differ from the configuration in effect. */
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
