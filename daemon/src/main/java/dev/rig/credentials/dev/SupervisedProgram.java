package dev.rig.credentials.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program of this machine, in a session of its own below a shell that restarts it when it ends.
 * Both have a unique path, the mark, among their arguments; it identifies them, because a process
 * id can be reused.
 */
final class SupervisedProgram {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final String SUPERVISOR =
      """
      trap '' HUP
      trap 'trap - TERM; kill "$child" 2>/dev/null; wait "$child"; exit 0' TERM INT
      while :; do
          "$@" & child=$!
          wait "$child"
          sleep 1
      done
      """;

  private final Path mark;
  private final Path log;
  private final Map<String, String> environment;
  private final Polling pauses;

  /**
   * Creates a program, which need not run.
   *
   * @param mark an argument of the program
   * @param log its output; it runs in the folder of this file
   */
  SupervisedProgram(Path mark, Path log, Map<String, String> environment, Polling pauses) {
    this.mark = mark;
    this.log = log;
    this.environment = environment;
    this.pauses = pauses;
  }

  /** Returns the first program with one of these names in PATH; empty if absent. */
  static Optional<Path> find(Map<String, String> environment, String... names) {
    return Stream.of(names)
        .flatMap(name ->
            Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .filter(path -> path.startsWith("/"))
                .map(path -> Path.of(path, name)))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /**
   * Starts the program.
   *
   * @param program the program, then arguments
   */
  void start(String... program) {
    var command = new ArrayList<String>();
    find(environment, "setsid").ifPresent(setsid -> command.add(setsid.toString()));
    command.addAll(List.of("/bin/sh", "-c", SUPERVISOR, "rig-dev-registry"));
    command.addAll(List.of(program));
    command.add(mark.toString());
    var builder =
        new ProcessBuilder(command).directory(log.resolveSibling(".").normalize().toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    try {
      builder.start();
    } catch (IOException e) {
      throw new DevException("cannot start " + program[0] + ": " + e.getMessage(), e);
    }
  }

  boolean runs() {
    return processes().findAny().isPresent();
  }

  /** Stops the program: SIGTERM, and after 5 s SIGKILL. */
  void stop() {
    processes().forEach(ProcessHandle::destroy);
    if (!pauses.until(GRACE, () -> !runs())) {
      processes().forEach(ProcessHandle::destroyForcibly);
      pauses.until(GRACE, () -> !runs());
    }
  }

  private Stream<ProcessHandle> processes() {
    var path = mark.toString();
    return ProcessHandle.allProcesses()
        .filter(process ->
            process
                .info()
                .arguments()
                .map(arguments -> List.of(arguments).contains(path))
                .orElse(false));
  }
}
