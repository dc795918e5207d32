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
 * A registry's program of this machine, in a session of its own below a shell that starts it anew
 * when it ends. Both have the configuration's path, which is nobody else's, among their arguments:
 * that, and no number that the kernel may give to another process, tells that they are ours.
 */
final class ChildRegistry {
  private static final List<String> PROGRAMS = List.of("registry", "docker-registry");
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final String SUPERVISOR =
      """
      trap '' HUP
      trap 'trap - TERM; kill "$child" 2>/dev/null; wait "$child"; exit 0' TERM INT
      while :; do
          "$1" serve "$2" & child=$!
          wait "$child"
          sleep 1
      done
      """;

  private final DevFolder folder;
  private final Map<String, String> environment;
  private final Polling pauses;

  ChildRegistry(DevFolder folder, Map<String, String> environment, Polling pauses) {
    this.folder = folder;
    this.environment = environment;
    this.pauses = pauses;
  }

  /** The first of the programs that PATH has; empty for none. */
  Optional<Path> program() {
    return PROGRAMS.stream().flatMap(name -> find(name).stream()).findFirst();
  }

  private Optional<Path> find(String name) {
    return Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
        .filter(path -> path.startsWith("/"))
        .map(path -> Path.of(path, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  void start(Path program) {
    var command = new ArrayList<String>();
    find("setsid").ifPresent(setsid -> command.add(setsid.toString()));
    command.addAll(
        List.of(
            "/bin/sh",
            "-c",
            SUPERVISOR,
            "rig-dev-registry",
            program.toString(),
            folder.configuration().toString()));
    var builder = new ProcessBuilder(command).directory(folder.path().toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(folder.log().toFile());
    try {
      builder.start();
    } catch (IOException e) {
      throw new DevException("cannot start " + program + ": " + e.getMessage(), e);
    }
  }

  boolean runs() {
    return processes().findAny().isPresent();
  }

  /** Ends it: SIGTERM, and SIGKILL for what is there after 5 s. */
  void stop() {
    processes().forEach(ProcessHandle::destroy);
    if (!pauses.until(GRACE, () -> !runs())) {
      processes().forEach(ProcessHandle::destroyForcibly);
      pauses.until(GRACE, () -> !runs());
    }
  }

  private Stream<ProcessHandle> processes() {
    var path = folder.configuration().toString();
    return ProcessHandle.allProcesses()
        .filter(process ->
            process
                .info()
                .arguments()
                .map(arguments -> List.of(arguments).contains(path))
                .orElse(false));
  }
}
