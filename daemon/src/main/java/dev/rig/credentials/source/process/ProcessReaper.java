package dev.rig.credentials.source.process;

import dev.rig.credentials.concurrent.UncaughtErrors;
import dev.rig.credentials.concurrent.Workers;
import dev.rig.credentials.linux.FreeDescriptors;
import dev.rig.credentials.linux.ProcessSignals;
import dev.rig.credentials.linux.ProcessTable;
import dev.rig.credentials.linux.ProcessTable.Entry;
import dev.rig.credentials.time.LogThrottle;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Starts processes and ensures that none is left behind. One read of the process table serves all
 * runs that must end.
 */
final class ProcessReaper {
  private static final Logger LOG = System.getLogger(ProcessReaper.class.getName());
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration SELDOM = Duration.ofMillis(500);

  private final ProcessSignals signals;
  private final Time time;

  /**
   * A separate thread that always exists: it can end processes even if these use all other threads.
   */
  private final Workers worker;

  private final LogThrottle failures;
  private final boolean adopting;
  private final ProcessAttribution attribution;

  /**
   * Guards all fields below, and is held while a process is started: a child that the JDK waits for
   * is therefore known before orphans are examined.
   */
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<Long, ProcessRun> leaders = new HashMap<>();
  private final Map<String, ProcessRun> runs = new HashMap<>();
  private boolean closed;
  private boolean again;
  private Duration pause = SOON;

  private final Object requests = new Object();
  private boolean requested;

  ProcessReaper(ProcessAttribution attribution, ProcessSignals signals, Time time) {
    this.signals = signals;
    this.time = time;
    this.worker = new Workers("rig-reaper", 1, 1, Integer.MAX_VALUE, time.scheduler());
    this.failures = new LogThrottle(time.ticker());
    this.adopting = signals.adoptOrphans();
    this.attribution = attribution;
  }

  /** Returns whether orphans become children of this process. */
  boolean adopting() {
    return adopting;
  }

  /**
   * Starts a run's process.
   *
   * @return false if the runner is closed or the run is over
   * @throws IOException if the system cannot start it
   */
  boolean start(ProcessRun run, ProcessBuilder builder) throws IOException {
    lock.lock();
    try {
      if (closed || run.isOver()) {
        return false;
      }
      FreeDescriptors.requireForProcess();
      var process = builder.start();
      run.started(process, startOf(process));
      leaders.put(process.pid(), run);
      runs.put(run.mark(), run);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private static long startOf(Process process) {
    try {
      return ProcessTable.entry(process.pid()).map(Entry::start).orElse(0L);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Reports that the JDK has reaped a run's process, whose pid can be reused afterwards. */
  void leaderEnded(ProcessRun run) {
    lock.lock();
    try {
      leaders.remove(run.pid(), run);
    } finally {
      lock.unlock();
    }
  }

  /** Prevents further starts. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Requests an examination, soon, on another thread. */
  void request() {
    synchronized (requests) {
      if (requested) {
        return;
      }
      requested = true;
    }
    worker.execute(() -> look(true));
  }

  private void look(boolean news) {
    var looked = new ArrayList<ProcessRun>();
    var gone = new ArrayList<ProcessRun>();
    lock.lock();
    try {
      if (news) {
        synchronized (requests) {
          requested = false;
        }
        pause = SOON;
      } else {
        again = false;
      }
      // Collected before the table is read, which then has all that these programs started.
      var exited = new HashSet<ProcessRun>();
      runs.values().stream().filter(ProcessRun::hasExited).forEach(exited::add);
      attribution.look(ProcessTable.read(), leaders, runs, adopting);
      attribution.zombies().forEach(zombie -> signals.reap(zombie.pid()));
      attribution.latecomers().forEach(entry -> signals.send(entry.pid(), ProcessSignals.KILL));
      boolean open = !attribution.latecomers().isEmpty();
      var held = new HashSet<ProcessRun>();
      for (var process : attribution.unattributed()) {
        open |= process.unsettled();
        if (process.condemned()) {
          held.addAll(process.suspects());
          if (process.established()) {
            process.processes().forEach(entry -> signals.send(entry.pid(), ProcessSignals.KILL));
          }
        }
      }
      for (var run : runs.values()) {
        var left = attribution.members(run);
        boolean over = run.isOver();
        run.signalDue().ifPresent(signal -> signal(run, left, signal));
        if (over) {
          looked.add(run);
          if (left.isEmpty() && exited.contains(run) && !held.contains(run)) {
            gone.add(run);
          }
        }
      }
      gone.forEach(run -> runs.remove(run.mark()));
      if (open || looked.size() > gone.size()) {
        lookAgain();
      }
    } catch (IOException | RuntimeException | Error e) {
      // Usually a lack of descriptors, which is temporary.
      if (failures.isDue()) {
        var message = "cannot search for the processes of scripts";
        if (e instanceof IOException) {
          LOG.log(Level.WARNING, "{0}: {1}", message, e.getMessage());
        } else {
          LOG.log(Level.WARNING, message, e);
        }
      }
      if (e instanceof Error) {
        UncaughtErrors.report(e);
      }
      lookAgain();
    } finally {
      lock.unlock();
    }
    looked.forEach(ProcessRun::looked);
    gone.forEach(ProcessRun::gone);
  }

  private void signal(ProcessRun run, List<Entry> processes, int signal) {
    // A group gets its signal as one call, so that no fork escapes it.
    boolean group = false;
    for (var process : processes) {
      group |= process.session() == run.pid() && process.group() == run.pid();
    }
    if (group) {
      signals.send(-run.pid(), signal);
    }
    for (var process : processes) {
      if (!group || process.group() != run.pid()) {
        signals.send(process.pid(), signal);
      }
    }
  }

  private void lookAgain() {
    if (!again) {
      again = true;
      var _ = time.scheduler().schedule(pause, () -> worker.execute(() -> look(false)));
      pause = pause.multipliedBy(2).compareTo(SELDOM) < 0 ? pause.multipliedBy(2) : SELDOM;
    }
  }
}
