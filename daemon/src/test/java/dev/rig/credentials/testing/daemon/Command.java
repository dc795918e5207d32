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
 * A program to run. It gets nothing of this process's environment, so that a test does the same on
 * every machine: only a PATH of the system's folders and what the test adds.
 *
 * @param words the program and its arguments
 * @param environment all of its environment
 * @param stdin what it reads
 */
public record Command(List<String> words, Map<String, String> environment, String stdin) {
  private static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
  private static final List<String> SYSTEM = List.of(PATH.split(":"));
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** The program and its arguments, each by its {@code toString}. */
  public static Command of(Object... words) {
    return new Command(
        Arrays.stream(words).map(Object::toString).toList(),
        Map.of("PATH", PATH, "HOME", "/nonexistent", "LC_ALL", "C.UTF-8"),
        "");
  }

  /** This with a further variable. */
  public Command with(String name, Object value) {
    var more = new TreeMap<>(environment);
    more.put(name, value.toString());
    return new Command(words, Map.copyOf(more), stdin);
  }

  /** This as another user, whose gid has the same number, in these groups besides; needs root. */
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

  /** This with a folder whose programs are found before the system's. */
  public Command withFirstOnPath(Object folder) {
    return with("PATH", folder + ":" + PATH);
  }

  /**
   * This in namespaces of another process; needs root.
   *
   * @param which nsenter's options for them, as {@code --net}
   */
  public Command inside(long pid, String... which) {
    var prefixed =
        new ArrayList<>(List.of(Tool.NSENTER.path().toString(), "--target", String.valueOf(pid)));
    prefixed.addAll(List.of(which));
    prefixed.add("--");
    prefixed.addAll(words);
    return new Command(prefixed, environment, stdin);
  }

  /** This with something on its standard input. */
  public Command reading(String text) {
    return new Command(words, environment, text);
  }

  /** Runs it to its end; fails the test after a minute. */
  public ProgramResult run() {
    try (var running = start()) {
      return running.finish(LIMIT);
    }
  }

  /** Starts it; ends the test as {@link Requirement} says if the system has no such program. */
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

  /** Whether it is a program of the system that is not there; a missing one of ours is an error. */
  private boolean isMissing() {
    var program = words.getFirst();
    return program.startsWith("/")
        ? SYSTEM.contains(String.valueOf(Path.of(program).getParent()))
            && !Files.exists(Path.of(program))
        : SYSTEM.stream().noneMatch(folder -> Files.exists(Path.of(folder, program)));
  }
}
