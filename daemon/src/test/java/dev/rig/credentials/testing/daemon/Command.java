package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.testing.Tool;
import dev.rig.testing.Requirement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program to run. It inherits no environment, so that a test does the same on every machine; it
 * has a PATH with the system's folders and the test's variables.
 *
 * @param words the program and its arguments
 * @param environment all of its environment
 * @param stdin its standard input
 */
public record Command(List<String> words, Map<String, String> environment, String stdin) {
  private static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
  private static final List<String> SYSTEM = List.of(PATH.split(":"));
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Returns a command of the program and its arguments, each by its {@code toString}. */
  public static Command of(Object... words) {
    return new Command(
        Arrays.stream(words).map(Object::toString).toList(),
        Map.of("PATH", PATH, "HOME", "/nonexistent", "LC_ALL", "C.UTF-8"),
        "");
  }

  /** Returns a copy with a further variable. */
  public Command with(String name, Object value) {
    var more = new TreeMap<>(environment);
    more.put(name, value.toString());
    return new Command(words, Map.copyOf(more), stdin);
  }

  /**
   * Returns a copy that runs as another user, whose gid has the same number, also in these groups;
   * needs root.
   */
  public Command as(int uid, Integer... groups) {
    Tool.needRoot("another user");
    var prefixed =
        new ArrayList<>(
            List.of(
                Tool.SETPRIV.path().toString(),
                "--reuid=" + uid,
                "--regid=" + uid,
                groups.length == 0
                    ? "--clear-groups"
                    : "--groups="
                        + Stream.of(groups).map(String::valueOf).collect(Collectors.joining(","))));
    prefixed.addAll(words);
    return new Command(prefixed, environment, stdin);
  }

  /** Returns a copy with a folder whose programs are found before the system's. */
  public Command withFirstOnPath(Object folder) {
    return with("PATH", folder + ":" + PATH);
  }

  /**
   * Returns a copy that runs in namespaces of another process; needs root.
   *
   * @param which nsenter's options for the namespaces, such as {@code --net}
   */
  public Command inside(long pid, String... which) {
    var prefixed =
        new ArrayList<>(List.of(Tool.NSENTER.path().toString(), "--target", String.valueOf(pid)));
    prefixed.addAll(List.of(which));
    prefixed.add("--");
    prefixed.addAll(words);
    return new Command(prefixed, environment, stdin);
  }

  /** Returns a copy with this standard input. */
  public Command reading(String text) {
    return new Command(words, environment, text);
  }

  /** Runs the program to its end; fails the test after a minute. */
  public ProgramResult run() {
    try (var running = start()) {
      return running.finish(LIMIT);
    }
  }

  /** Starts the program; {@link Requirement} ends the test if the system has no such program. */
  @SuppressWarnings("MustBeClosedChecker") // The caller closes it.
  public Running start() {
    var builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      var process = builder.start();
      var running = new Running(words.getFirst(), process);
      try (var in = process.getOutputStream()) {
        in.write(stdin.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended, or closed its standard input, without reading: its outcome shows the result.
      }
      return running;
    } catch (IOException e) {
      if (isMissing()) {
        throw Requirement.missing(words.getFirst() + " is not installed", "install it");
      }
      throw new UncheckedIOException(e);
    }
  }

  /** Returns whether a program of the system is missing; a missing program of ours is an error. */
  private boolean isMissing() {
    var program = words.getFirst();
    return program.startsWith("/")
        ? SYSTEM.contains(String.valueOf(Path.of(program).getParent()))
            && !Files.exists(Path.of(program))
        : SYSTEM.stream().noneMatch(folder -> Files.exists(Path.of(folder, program)));
  }
}
