package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.time.SystemScheduler;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.SocketPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** A daemon for the user, started if none answers. It continues after the command ends. */
public final class BackgroundDaemon {
  private static final Duration START = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final String LOG = "daemon.log";

  /** Contains the process id. */
  private static final String PROCESS = "daemon.pid";

  private static final Duration STOP = Duration.ofSeconds(15);

  /** Serves only stored logins until there is a configuration. */
  private static final String NO_REGISTRIES = "rig: {}\n";

  private BackgroundDaemon() {}

  /** Returns whether a daemon answers on the socket that a helper would use. */
  public static boolean answers(Console console) {
    return answers(DaemonClient.at(null, console));
  }

  private static boolean answers(DaemonClient client) {
    try {
      return client.ask(Action.VERSION, "").status() == 0;
    } catch (CommandException nobody) {
      return false;
    }
  }

  /**
   * Returns the daemon that answers, and starts one if none does.
   *
   * @param state the state folder, for its log
   * @throws CommandException if none answers and none can be started
   */
  public static DaemonClient ensure(Console console, Path state) throws InterruptedException {
    var client = DaemonClient.at(null, console);
    if (answers(client)) {
      return client;
    }
    var home = System.getProperty("rig.home");
    if (home == null) {
      throw new CommandException(
          ExitStatus.FAILED, "no daemon answers: start one with \"rig-credentials serve\"");
    }
    var log = start(console, Path.of(home, "bin", "rig-credentials"), state);
    var own =
        new DaemonClient(
            Path.of(
                SocketPath.ofDaemon(
                    console::variable, path -> Files.exists(Path.of(path)), console.root())));
    if (!until(START, () -> answers(own))) {
      throw new CommandException(
          ExitStatus.FAILED, "a daemon was started but does not answer; its output: " + log);
    }
    console
        .err()
        .println(
            "rig-credentials: a daemon was started for you; \"dev down\" stops it; its log is "
                + log);
    return own;
  }

  /**
   * Stops the daemon that was started with that state folder; does nothing if none runs.
   *
   * @return whether one ran
   * @throws CommandException if it does not end
   */
  public static boolean stop(Path state) {
    var file = state.resolve(PROCESS);
    var daemon = process(file, state);
    if (daemon.isEmpty()) {
      return false;
    }
    daemon.get().destroy();
    if (!until(STOP, () -> !daemon.get().isAlive())) {
      throw new CommandException(
          ExitStatus.FAILED,
          "the daemon (process %d) has not exited".formatted(daemon.get().pid()));
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new CommandException(
          ExitStatus.FAILED, "cannot remove " + file + ": " + e.getMessage());
    }
    return true;
  }

  /** Returns the process, identified by its arguments because the kernel may have reused its id. */
  private static Optional<ProcessHandle> process(Path file, Path state) {
    try {
      return ProcessHandle.of(Long.parseLong(RegularFile.text(file).strip()))
          .filter(process ->
              process
                  .info()
                  .arguments()
                  .map(List::of)
                  .filter(words -> words.containsAll(List.of("serve", state.toString())))
                  .isPresent());
    } catch (IOException | NumberFormatException none) {
      return Optional.empty();
    }
  }

  private static boolean until(Duration limit, BooleanSupplier holds) {
    try (var scheduler = new SystemScheduler()) {
      var time = scheduler.time();
      for (long from = time.nanos(); !holds.getAsBoolean(); ) {
        if (time.nanos() - from > limit.toNanos()) {
          return false;
        }
        var over = new CompletableFuture<Void>();
        scheduler.schedule(POLL, () -> over.complete(null));
        over.join();
      }
      return true;
    }
  }

  private static Path start(Console console, Path program, Path state) {
    var command = new ArrayList<String>();
    ProgramPath.find("setsid", console).ifPresent(setsid -> command.add(setsid.toString()));
    command.add(program.toString());
    command.add("serve");
    var log = state.resolve(LOG);
    try {
      Files.createDirectories(
          state,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (new ConfigOptions().paths(console).stream().noneMatch(Files::exists)) {
        var empty = state.resolve("no-registries.yaml");
        AtomicFile.replace(empty, NO_REGISTRIES.getBytes(StandardCharsets.UTF_8));
        command.addAll(List.of("--config", empty.toString()));
        command.addAll(List.of("--config-if-there", ConfigOptions.standard(console).toString()));
      }
      command.add("--state-dir");
      command.add(state.toString());
      var process =
          new ProcessBuilder(command)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      AtomicFile.replace(
          state.resolve(PROCESS), (process.pid() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new CommandException(
          ExitStatus.FAILED, "a daemon cannot be started: " + e.getMessage());
    }
    return log;
  }
}
