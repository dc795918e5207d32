package dev.rig.credentials.source.process;

import dev.rig.credentials.concurrent.UncaughtErrors;
import dev.rig.credentials.concurrent.Workers;
import dev.rig.credentials.files.SearchPath;
import dev.rig.credentials.linux.ProcessSignals;
import dev.rig.credentials.linux.ProcessTable;
import dev.rig.credentials.source.process.ProcessOutcome.Stopped;
import dev.rig.credentials.source.process.ProgramArguments.UnusableException;
import dev.rig.credentials.time.LogThrottle;
import dev.rig.credentials.time.Time;
import dev.rig.credentials.wire.SocketPath;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Starts all processes of this daemon.
 *
 * <p>Each runs in a session of its own, in the folder {@code /}, with an empty stdin unless input
 * was given, and for a limited time. When it ends, for any reason, all processes that it started
 * end too: orphans become children of this process (prctl(2), {@code PR_SET_CHILD_SUBREAPER}),
 * which finds and reaps them. If the system does not permit that, or has no {@code setsid}, less is
 * guaranteed; a warning says so once.
 *
 * <p>A process may have only one runner. Other code that starts processes must leave them in this
 * process's own session: a child in another session, without a mark, is treated as left behind by a
 * run.
 */
public final class ProcessRunner implements AutoCloseable {
  /** The variable that marks the processes of a run. */
  static final String MARK = "RIG_RUN";

  /** The prefix of the marks of one runner, and of the names of its files. */
  private static final Pattern MARK_OF_OWNER =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4,12}){4}\\.");

  private static final Logger LOG = System.getLogger(ProcessRunner.class.getName());

  private static final long SELF = ProcessHandle.current().pid();
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(200);

  /**
   * EAGAIN, ENOMEM, ENFILE, EMFILE, ENOSPC and EDQUOT of errno(3), as numbers in the JDK's
   * ProcessBuilder, and as texts of glibc for its files.
   */
  private static final Pattern SHORTAGE =
      Pattern.compile(
          "error[:=] ?(11|12|23|24)\\b|Resource temporarily unavailable|Cannot allocate memory"
              + "|Too many open files|No space left on device|Disk quota exceeded");

  private static final Duration KILL_PATIENCE = Duration.ofMillis(2_500);

  private final ScriptFolder folder;
  private final Map<String, String> baseEnvironment;
  private final Shell shell;
  private final Time time;
  private final Optional<Path> setsid;
  private final String owner = UUID.randomUUID() + ".";
  private final AtomicLong runs = new AtomicLong();

  /** How often a script could not be started for lack of a system resource. */
  private final AtomicLong shortages = new AtomicLong();

  private final ProcessReaper reaper;

  /** All runs whose processes may exist. */
  private final Set<ProcessRun> active = ConcurrentHashMap.newKeySet();

  private final Workers threads;
  private final LogThrottle complaints;

  private ProcessRunner(
      ScriptFolder folder,
      Map<String, String> baseEnvironment,
      Shell shell,
      Time time,
      Optional<Path> setsid,
      ProcessSignals signals)
      throws IOException {
    this.folder = folder;
    this.baseEnvironment = Map.copyOf(baseEnvironment);
    this.shell = shell;
    this.time = time;
    this.setsid = setsid;
    this.complaints = new LogThrottle(time.ticker());
    this.threads =
        new Workers("rig-process", 0, Integer.MAX_VALUE, Integer.MAX_VALUE, time.scheduler());
    this.reaper = new ProcessReaper(ProcessAttribution.of(owner), signals, time);
    if (!reaper.adopting()) {
      LOG.log(
          Level.WARNING,
          "this process cannot become the parent of orphaned processes: those of a script are found"
              + " only by their environment");
    }
    if (setsid.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "the program setsid was not found: scripts run in the daemon's own session, and processes"
              + " that they leave are found only by their environment; install util-linux");
    }
  }

  /**
   * Creates a runner. Loads native code, so it must not be called on a virtual thread.
   *
   * @param privateFolder the folder for scripts while they run: created with mode 0700 if missing
   * @param baseEnvironment the environment of every process, without this daemon's own keys
   * @param shell runs scripts that name no interpreter
   * @param time must outlive the runner
   * @throws IOException if the folder cannot be used, or others can enter it
   */
  public static ProcessRunner open(
      Path privateFolder, Map<String, String> baseEnvironment, Shell shell, Time time)
      throws IOException {
    return open(
        privateFolder,
        baseEnvironment,
        shell,
        time,
        ProgramArguments.setsid(baseEnvironment),
        new ProcessSignals());
  }

  static ProcessRunner open(
      Path privateFolder,
      Map<String, String> baseEnvironment,
      Shell shell,
      Time time,
      Optional<Path> setsid,
      ProcessSignals signals)
      throws IOException {
    var folder = ScriptFolder.open(privateFolder);
    LeftoverProcesses.end(
        folder.leftovers().stream()
            .map(MARK_OF_OWNER::matcher)
            .filter(Matcher::lookingAt)
            .map(Matcher::group)
            .collect(Collectors.toSet()));
    return new ProcessRunner(folder, baseEnvironment, shell, time, setsid, signals);
  }

  /** Returns the {@code PATH} of processes without one of their own. */
  public String path() {
    return SearchPath.of(baseEnvironment);
  }

  /**
   * Starts a run; never blocks.
   *
   * @return completes with the outcome, and never exceptionally. A timeout completes it
   *     immediately, while the processes are sent TERM, and KILL after 2 s. Cancelling it stops
   *     them in the same way. Its dependents run on a thread of the runner and may block.
   */
  public CompletableFuture<ProcessOutcome> run(ProcessSpec spec) {
    var run =
        new ProcessRun(
            owner + runs.incrementAndGet(),
            spec,
            time,
            threads,
            reaper,
            () -> shortages.get() + threads.shortages());
    active.add(run);
    var _ = run.whenGone().thenRun(() -> active.remove(run));
    threads.execute(() -> start(run));
    return run.result();
  }

  /**
   * Returns whether that process belongs to a run. A command that was passed a daemon's socket does
   * not count: it is a client, as in the demo.
   *
   * @param pid in this process's pid namespace; 0 if it has none there
   */
  public boolean isScript(long pid) {
    if (pid <= 0 || active.isEmpty()) {
      return false;
    }
    var clients =
        active.stream()
            .filter(run -> run.spec().environment().containsKey(SocketPath.VARIABLE))
            .map(ProcessRun::pid)
            .toList();
    boolean starting = clients.contains(-1L); // Its process exists before its pid is known here.
    try {
      for (var at = ProcessTable.entry(pid); at.isPresent(); ) {
        var entry = at.get();
        if (clients.contains(entry.pid()) || clients.contains(entry.session())) {
          return false;
        }
        if (entry.parent() == SELF) {
          return active.size() > clients.size()
              && !(starting
                  && ProcessTable.startedWith(entry.pid(), SocketPath.VARIABLE).isPresent());
        }
        at = ProcessTable.entry(entry.parent());
      }
    } catch (IOException hidden) {
      LOG.log(Level.DEBUG, "the ancestors of a peer cannot be read", hidden);
    }
    return ProcessTable.startedWith(pid, MARK).filter(mark -> mark.startsWith(owner)).isPresent();
  }

  /**
   * Stops all runs, with TERM and after 2 s with KILL, waits until no process is left, and rejects
   * further runs. Takes at most 5 s.
   */
  @Override
  public void close() {
    reaper.close();
    var left = List.copyOf(active);
    left.forEach(run -> run.stop(new Stopped(), true));
    var gone =
        CompletableFuture.allOf(
            left.stream().map(ProcessRun::whenGone).toArray(CompletableFuture<?>[]::new));
    if (!done(gone, ProcessRun.GRACE)) {
      left.forEach(ProcessRun::kill);
      if (!done(gone, KILL_PATIENCE)) {
        LOG.log(Level.WARNING, "not every process of a script could be ended");
      }
    }
  }

  private void start(ProcessRun run) {
    try {
      var spec = run.spec();
      var environment = new HashMap<>(baseEnvironment);
      environment.putAll(ProgramArguments.environment(spec.environment()));
      environment.put(MARK, run.mark());
      writePrivateFiles(run, environment);
      var builder = new ProcessBuilder(arguments(run, environment));
      builder.directory(new File("/"));
      builder.redirectInput(Redirect.from(input(run)));
      builder.environment().clear();
      builder.environment().putAll(environment);
      launch(run, builder);
    } catch (UnusableException e) {
      run.couldNotStart(String.valueOf(e.getMessage()));
    } catch (IOException | RuntimeException | Error e) {
      run.removeFiles();
      tryLater(run, e, () -> start(run));
    }
  }

  private void launch(ProcessRun run, ProcessBuilder builder) {
    try {
      if (reaper.start(run, builder)) {
        run.follow();
      } else {
        run.couldNotStart("the daemon is stopping");
      }
    } catch (IOException | RuntimeException | Error e) {
      tryLater(run, e, () -> launch(run, builder));
    }
  }

  /** Retries within the run's timeout if the failure was only a shortage. */
  private void tryLater(ProcessRun run, Throwable failure, Runnable attempt) {
    boolean shortage = isShortage(failure);
    if (shortage) {
      shortage(failure);
    }
    if (shortage && run.mayStillStart()) {
      var _ = time.scheduler().schedule(BETWEEN_ATTEMPTS, () -> threads.execute(attempt));
    } else {
      failed(run, failure);
    }
  }

  private static boolean isShortage(Throwable failure) {
    return failure instanceof OutOfMemoryError
        || failure.getClass()
            == FileSystemException.class // reasons with a class of their own are not shortages
        || (failure instanceof IOException
            && SHORTAGE.matcher(String.valueOf(failure.getMessage())).find());
  }

  private void shortage(Throwable failure) {
    shortages.incrementAndGet();
    reaper.request(); // for a process that the JDK forked before it found no thread to wait for it
    if (complaints.isDue()) {
      LOG.log(
          Level.WARNING,
          "the system has no process, thread, descriptor or space for a script: {0}",
          failure.toString());
    }
  }

  private static void failed(ProcessRun run, Throwable failure) {
    if (failure instanceof IOException e) {
      LOG.log(Level.DEBUG, "a process could not be started", e);
      run.couldNotStart("the system refused to start it: " + inOneLine(e));
      return;
    }
    // Without its message: the JDK's can contain a variable's value.
    run.couldNotStart("the daemon failed to start it: " + failure.getClass().getSimpleName());
    if (failure instanceof Error) {
      UncaughtErrors.report(failure);
    }
  }

  private void writePrivateFiles(ProcessRun run, Map<String, String> environment)
      throws IOException {
    int count = 0;
    for (var secret : run.spec().privateFiles().entrySet()) {
      count++;
      var file = folder.write(run.mark() + "." + count, secret.getValue().reveal());
      run.file(file);
      environment.put(secret.getKey(), file.toString());
    }
  }

  private File input(ProcessRun run) throws IOException {
    var input = run.spec().input();
    if (input == null) {
      return new File("/dev/null");
    }
    var file = folder.write(run.mark() + ".in", input.reveal());
    run.file(file);
    return file.toFile();
  }

  private List<String> arguments(ProcessRun run, Map<String, String> environment)
      throws IOException, UnusableException {
    var arguments = new ArrayList<String>();
    setsid.ifPresent(program -> arguments.add(program.toString()));
    switch (run.spec().program()) {
      case ProcessSpec.ScriptProgram script -> {
        var text = script.text();
        boolean own = ProgramArguments.namesInterpreter(text);
        var file = folder.write(run.mark(), own ? text : shell.prologue() + text);
        run.file(file);
        arguments.addAll(ProgramArguments.ofScript(text, file, shell));
        ProgramArguments.requireSafe(text, shell, environment);
      }
      case ProcessSpec.Command command ->
          arguments.addAll(ProgramArguments.ofCommand(command.arguments(), environment));
    }
    return arguments;
  }

  /** Returns the reason in one line, for clients; the JDK appends paragraphs about itself. */
  private static String inOneLine(IOException e) {
    var message = String.valueOf(e.getMessage());
    boolean bare = e instanceof FileSystemException file && file.getReason() == null;
    var line = message.lines().findFirst().orElse("").strip();
    return bare ? e.getClass().getSimpleName() + " at " + line : line;
  }

  private static boolean done(CompletableFuture<Void> future, Duration patience) {
    try {
      future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
