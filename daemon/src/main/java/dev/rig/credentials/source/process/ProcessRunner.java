package dev.rig.credentials.source.process;

import dev.rig.credentials.concurrent.UncaughtErrors;
import dev.rig.credentials.concurrent.Workers;
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
 * The one way in which this daemon starts processes.
 *
 * <p>Each runs in a session of its own, in the folder {@code /}, with nothing on stdin unless
 * something was given for it, and for a limited time. When it ends, for whatever reason, everything
 * that it started ends too: this process becomes the one that orphans are given to (prctl(2),
 * {@code PR_SET_CHILD_SUBREAPER}), so that nothing gets out of its sight, and waits for them. Where
 * the system does not allow that, or has no {@code setsid}, less is certain; a warning says so
 * once.
 *
 * <p>There is to be one runner in a process, and whoever starts processes beside it must leave them
 * in this process's own session: a child in another one, without a mark, is taken for what a run
 * left behind.
 */
public final class ProcessRunner implements AutoCloseable {
  /** The variable that marks the processes of a run. */
  static final String MARK = "RIG_RUN";

  /** How the marks of one runner begin, and the names of its files. */
  private static final Pattern MARK_OF_OWNER =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4,12}){4}\\.");

  private static final Logger LOG = System.getLogger(ProcessRunner.class.getName());

  private static final long SELF = ProcessHandle.current().pid();
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(200);

  /**
   * EAGAIN, ENOMEM, ENFILE, EMFILE, ENOSPC and EDQUOT of errno(3), as the JDK's ProcessBuilder
   * writes them, and as its files do, in the words of glibc.
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

  /** Times that a script could not be started because the system was short of something. */
  private final AtomicLong shortages = new AtomicLong();

  private final ProcessReaper reaper;

  /** Whatever was asked for and is not gone. */
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
          "the system does not give orphans to this process: what a script starts and leaves"
              + " alone can stay until it is found by its environment");
    }
    if (setsid.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "there is no setsid program: scripts run in this daemon's own session, and what they"
              + " leave behind is found by its environment only; install util-linux");
    }
  }

  /**
   * A runner. Native code is loaded here: not for a virtual thread.
   *
   * @param privateFolder where scripts lie while they run: made with mode 0700 where it is missing
   * @param baseEnvironment what every process gets, without this daemon's own keys
   * @param shell what runs the scripts that name no interpreter
   * @param time has to outlive the runner
   * @throws IOException when the folder cannot be used, or others may enter it
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

  /** The {@code PATH} of processes that are given none. */
  public String path() {
    return ProgramArguments.path(baseEnvironment);
  }

  /**
   * Begins to run something; never blocks.
   *
   * @return completes with the outcome, whatever that is, and never exceptionally. A timeout
   *     completes it at once, while the processes are sent TERM, and KILL after 2 s. Cancelling it
   *     stops them in the same way. Its dependents run on a thread of the runner and may block.
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
   * Whether that process belongs to a run. A command that was told of a daemon's socket does not
   * count: it is a client, as in the demo.
   *
   * @param pid as this process sees it; 0 where it cannot
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
    try {
      for (var at = ProcessTable.entry(pid); at.isPresent(); ) {
        var entry = at.get();
        if (clients.contains(entry.pid()) || clients.contains(entry.session())) {
          return false;
        }
        if (entry.parent() == SELF) {
          return active.size() > clients.size();
        }
        at = ProcessTable.entry(entry.parent());
      }
    } catch (IOException hidden) {
      LOG.log(Level.DEBUG, "the ancestors of a peer cannot be read", hidden);
    }
    return ProcessTable.startedWith(pid, MARK).filter(mark -> mark.startsWith(owner)).isPresent();
  }

  /**
   * Stops whatever runs, with TERM and after 2 s with KILL, waits until nothing is left of it, and
   * refuses to run anything from now on. Takes 5 s at most.
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

  /** Tries again for as long as the run may take, if a shortage is all that was wrong. */
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
        || failure.getClass() == FileSystemException.class // the reasons that have a class are none
        || (failure instanceof IOException
            && SHORTAGE.matcher(String.valueOf(failure.getMessage())).find());
  }

  private void shortage(Throwable failure) {
    shortages.incrementAndGet();
    reaper.request(); // of what the JDK forked before it found no thread to wait for it
    if (complaints.isDue()) {
      LOG.log(
          Level.WARNING,
          "the system has no process, thread, descriptor or space for a script: {0}",
          failure);
    }
  }

  private static void failed(ProcessRun run, Throwable failure) {
    if (failure instanceof IOException e) {
      LOG.log(Level.DEBUG, "a process could not be started", e);
      run.couldNotStart("the system refused to start it: " + inOneLine(e));
      return;
    }
    // Without its message: the JDK's can repeat a variable's value.
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
      }
      case ProcessSpec.Command command ->
          arguments.addAll(ProgramArguments.ofCommand(command.arguments(), environment));
    }
    return arguments;
  }

  /** Clients show it as one line; the JDK adds paragraphs of advice about itself. */
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
