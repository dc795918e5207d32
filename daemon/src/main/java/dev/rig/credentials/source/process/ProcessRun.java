package dev.rig.credentials.source.process;

import dev.rig.credentials.linux.ProcessSignals;
import dev.rig.credentials.source.process.ProcessOutcome.CouldNotStart;
import dev.rig.credentials.source.process.ProcessOutcome.Ending;
import dev.rig.credentials.source.process.ProcessOutcome.Exited;
import dev.rig.credentials.source.process.ProcessOutcome.Flooded;
import dev.rig.credentials.source.process.ProcessOutcome.Stopped;
import dev.rig.credentials.source.process.ProcessOutcome.TimedOut;
import dev.rig.credentials.time.Scheduler.Cancellable;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The state of one run, and the transitions of that state. */
final class ProcessRun {
  private static final Logger LOG = System.getLogger(ProcessRun.class.getName());

  /** The time between TERM and KILL. */
  static final Duration GRACE = Duration.ofSeconds(2);

  /**
   * How long the pipes of a program that has ended may stay open for processes that it piped
   * through. Only what was written before the end is certain to arrive, because the JDK may then
   * close its side.
   */
  private static final Duration PIPE_GRACE = Duration.ofMillis(200);

  /** When a result is returned although a pipe is still open; later than the kill. */
  private static final Duration PIPE_END = Duration.ofMillis(500);

  private enum RunPhase {
    /** The process is starting or running. */
    RUNNING,
    /** The process was sent TERM. */
    ASKED,
    /** The remaining processes are being killed. */
    KILLING
  }

  private final String mark;
  private final ProcessSpec spec;
  private final Time time;
  private final Executor executor;
  private final ProcessReaper reaper;
  private final LongSupplier shortages;
  private final long shortagesBefore;
  private final long began;
  private final CompletableFuture<ProcessOutcome> result = new CompletableFuture<>();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private final StdoutBuffer stdout;
  private final StderrTail stderr = new StderrTail();

  // this guards all fields below
  private final List<Cancellable> timers = new ArrayList<>();
  private RunPhase phase = RunPhase.RUNNING;
  private @Nullable Ending ending;
  private @Nullable Process process;
  private final List<Path> files = new ArrayList<>();
  private long pid = -1;
  private long start;
  private boolean asked;
  private boolean looked;
  private int openPipes = 2;
  private boolean stdoutOpen = true;
  private @Nullable Integer status;

  /**
   * Creates a run that is not started.
   *
   * @param shortages the number of shortages so far
   */
  ProcessRun(
      String mark,
      ProcessSpec spec,
      Time time,
      Executor executor,
      ProcessReaper reaper,
      LongSupplier shortages) {
    this.mark = mark;
    this.shortages = shortages;
    this.shortagesBefore = shortages.getAsLong();
    this.spec = spec;
    this.time = time;
    this.executor = executor;
    this.reaper = reaper;
    this.began = time.nanos();
    this.stdout = new StdoutBuffer(spec.stdoutLimit());
    var _ =
        result.whenComplete((outcome, failure) -> {
          if (result.isCancelled()) {
            stop(new Stopped(), RunPhase.ASKED);
          }
        });
  }

  /** Returns the mark in the environment of its processes. */
  String mark() {
    return mark;
  }

  ProcessSpec spec() {
    return spec;
  }

  CompletableFuture<ProcessOutcome> result() {
    return result;
  }

  /** Completes when none of its processes is left. */
  CompletableFuture<Void> whenGone() {
    return gone;
  }

  /** Returns the pid of its process; -1 until that is started. */
  synchronized long pid() {
    return pid;
  }

  /** Returns when its process was forked, in clock ticks since boot; 0 if unknown. */
  synchronized long start() {
    return start;
  }

  /** Returns whether its processes must end. */
  synchronized boolean isOver() {
    return phase != RunPhase.RUNNING;
  }

  synchronized boolean hasExited() {
    return status != null;
  }

  /** Returns the signal for its processes; empty if none. */
  synchronized OptionalInt signalDue() {
    return switch (phase) {
      case RUNNING -> OptionalInt.empty();
      case ASKED -> {
        var due = asked ? OptionalInt.empty() : OptionalInt.of(ProcessSignals.TERM);
        asked = true;
        yield due;
      }
      case KILLING -> OptionalInt.of(ProcessSignals.KILL);
    };
  }

  /** Returns whether the run is not over, and has time left to start. */
  synchronized boolean mayStillStart() {
    return phase == RunPhase.RUNNING && time.nanos() - began < spec.timeout().toNanos();
  }

  /** Adds a file to remove when the process has ended. */
  synchronized void file(Path path) {
    files.add(path);
  }

  /** Reports that the process could not be started or monitored. */
  void couldNotStart(String reason) {
    boolean never;
    synchronized (this) {
      never = process == null;
      if (ending == null) {
        ending = new CouldNotStart(reason);
      }
      phase = RunPhase.KILLING;
    }
    if (never) {
      gone();
    } else {
      reaper.request();
    }
    complete();
  }

  /** Reports that its process exists. Called before other threads can see it. */
  synchronized void started(Process started, long startTicks) {
    process = started;
    pid = started.pid();
    start = startTicks;
  }

  /** Starts to read its output and to measure its time. */
  void follow() {
    Process running;
    synchronized (this) {
      running = Objects.requireNonNull(process);
      if (phase == RunPhase.RUNNING) {
        after(spec.timeout(), () -> stop(new TimedOut(spec.timeout()), RunPhase.ASKED));
      }
    }
    // Called even if the JDK lacks a thread to wait for the status: the process has ended.
    var _ = running.onExit().whenComplete((_, _) -> executor.execute(() -> waitFor(running)));
    executor.execute(() -> readStdout(running.getInputStream()));
    executor.execute(() -> readStderr(running.getErrorStream()));
  }

  private void waitFor(Process ended) {
    try {
      exited(ended.waitFor());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends the run, unless it has ended. The result is returned immediately; the processes end later.
   */
  void stop(Ending why, boolean politely) {
    stop(why, politely ? RunPhase.ASKED : RunPhase.KILLING);
  }

  private void stop(Ending why, RunPhase next) {
    synchronized (this) {
      boolean late = why instanceof TimedOut && status != null;
      if (ending != null || late) {
        return;
      }
      ending = why;
      phase = next;
      cancelTimers();
      if (next == RunPhase.ASKED) {
        after(GRACE, this::kill);
      }
    }
    executor.execute(this::complete);
    reaper.request();
  }

  /** Kills the remaining processes. */
  void kill() {
    synchronized (this) {
      phase = RunPhase.KILLING;
    }
    reaper.request();
  }

  /** Reports that the processes were examined, and signals sent. */
  void looked() {
    boolean ready;
    synchronized (this) {
      looked = true;
      ready = !stdoutOpen;
    }
    if (ready) {
      complete();
    }
  }

  /** Reports that none of its processes is left. */
  void gone() {
    synchronized (this) {
      phase = RunPhase.KILLING;
      if (!stdoutOpen || !(ending instanceof Exited)) {
        cancelTimers();
      }
    }
    removeFiles();
    gone.complete(null);
  }

  private void exited(int exitStatus) {
    boolean settled;
    synchronized (this) {
      status = exitStatus;
      settled = openPipes == 0;
      if (!settled && phase == RunPhase.RUNNING) {
        after(PIPE_GRACE, this::settle);
      }
    }
    reaper.leaderEnded(this);
    removeFiles();
    if (settled || isOver()) {
      settle();
    }
  }

  /**
   * Handles a program that has ended by itself: ends the processes that it left behind, then
   * returns the result.
   */
  private void settle() {
    synchronized (this) {
      if (ending == null && status != null) {
        ending = new Exited(status);
        phase = RunPhase.KILLING;
        cancelTimers();
        after(PIPE_END, () -> executor.execute(this::complete));
      }
    }
    reaper.request();
  }

  private void readStdout(InputStream stream) {
    read(
        stream,
        (chunk, length) -> {
          if (!stdout.add(chunk, length)) {
            stop(new Flooded(spec.stdoutLimit()), RunPhase.KILLING);
          }
        });
    synchronized (this) {
      stdoutOpen = false;
    }
    pipeEnded();
  }

  private void readStderr(InputStream stream) {
    read(stream, stderr::add);
    pipeEnded();
  }

  private void pipeEnded() {
    boolean settled;
    boolean ready;
    synchronized (this) {
      openPipes--;
      settled = openPipes == 0 && status != null && phase == RunPhase.RUNNING;
      ready = looked && !stdoutOpen;
    }
    if (settled) {
      settle();
    } else if (ready) {
      complete();
    }
  }

  private interface Sink {
    void accept(byte[] chunk, int length);
  }

  private static void read(InputStream stream, Sink sink) {
    var chunk = new byte[8 * 1024];
    try (stream) {
      for (int length = stream.read(chunk); length >= 0; length = stream.read(chunk)) {
        sink.accept(chunk, length);
      }
    } catch (IOException e) {
      // The pipe ended with an error; the output so far counts.
    }
  }

  private void complete() {
    Ending how;
    synchronized (this) {
      if (result.isDone() || ending == null) {
        return;
      }
      boolean flooded = ending instanceof Exited && stdout.overflowed();
      how = flooded ? new Flooded(spec.stdoutLimit()) : ending;
      if (ending instanceof Exited) {
        cancelTimers();
      }
    }
    var duration = Duration.ofNanos(time.nanos() - began);
    boolean shortage = shortages.getAsLong() != shortagesBefore;
    result.complete(new ProcessOutcome(how, stdout.bytes(), stderr.lines(), duration, shortage));
  }

  /** Removes the run's private files, which its process has read or will not read. */
  void removeFiles() {
    List<Path> paths;
    synchronized (this) {
      paths = List.copyOf(files);
      files.clear();
    }
    for (var path : paths) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        LOG.log(Level.WARNING, "a script's private file could not be removed", e);
      }
    }
  }

  private void after(Duration delay, Runnable task) {
    timers.add(time.scheduler().schedule(delay, task));
  }

  private void cancelTimers() {
    timers.forEach(Cancellable::cancel);
    timers.clear();
  }
}
