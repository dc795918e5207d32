package dev.rig.credentials.source.process;

import dev.rig.credentials.credential.Secret;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to run, with its limits. It does not print itself: a script, its arguments and its
 * environment can contain secrets.
 *
 * @param program a script or a command
 * @param environment added to the runner's base environment, with precedence; request data reaches
 *     a process only here
 * @param timeout the longest run; longer than zero
 * @param stdoutLimit the most bytes that it may print
 * @param privateFiles secrets that it reads from files: the text by the variable that will contain
 *     the path. Only this user can read them, and they are removed when the run has ended
 * @param input its standard input, from such a file; null if none
 */
public record ProcessSpec(
    Program program,
    Map<String, String> environment,
    Duration timeout,
    int stdoutLimit,
    Map<String, Secret> privateFiles,
    @Nullable Secret input) {
  /** The default limit of a script's output: 64 KiB. */
  public static final int DEFAULT_STDOUT_LIMIT = 64 * 1024;

  /**
   * Validates the limits.
   *
   * @throws IllegalArgumentException if the timeout is not positive or the limit negative
   */
  public ProcessSpec {
    if (!timeout.isPositive() || stdoutLimit < 0) {
      throw new IllegalArgumentException("a process needs a positive timeout and a limit");
    }
    environment = Map.copyOf(environment);
    privateFiles = Map.copyOf(privateFiles);
  }

  /** Returns a script with the default limit of its output. */
  public static ProcessSpec script(String text, Map<String, String> environment, Duration timeout) {
    return new ProcessSpec(
        new ScriptProgram(text), environment, timeout, DEFAULT_STDOUT_LIMIT, Map.of(), null);
  }

  /** Returns a command with the default limit of its output. */
  public static ProcessSpec command(
      List<String> arguments, Map<String, String> environment, Duration timeout) {
    return new ProcessSpec(
        new Command(arguments), environment, timeout, DEFAULT_STDOUT_LIMIT, Map.of(), null);
  }

  /** Returns a copy with a further private file, whose path is in that variable. */
  public ProcessSpec withPrivateFile(String variable, Secret text) {
    var more = new HashMap<>(privateFiles);
    more.put(variable, text);
    return new ProcessSpec(program, environment, timeout, stdoutLimit, more, input);
  }

  /** Returns a copy with a standard input. */
  public ProcessSpec withInput(Secret text) {
    return new ProcessSpec(program, environment, timeout, stdoutLimit, privateFiles, text);
  }

  @Override
  public String toString() {
    return "ProcessSpec[timeout=" + timeout + ", stdoutLimit=" + stdoutLimit + "]";
  }

  /** A script or a command. */
  public sealed interface Program {}

  /**
   * A script for the runner's {@link Shell}, or for the interpreter that its first line names after
   * {@code #!}.
   *
   * @param text the whole script
   */
  public record ScriptProgram(String text) implements Program {
    @Override
    public String toString() {
      return "Script[redacted]";
    }
  }

  /**
   * A program with its arguments, run without a shell.
   *
   * @param arguments the program first: a path, or a name to look up in {@code PATH}
   */
  public record Command(List<String> arguments) implements Program {
    /**
     * Validates the arguments.
     *
     * @throws IllegalArgumentException if there is no program
     */
    public Command {
      arguments = List.copyOf(arguments);
      if (arguments.isEmpty() || arguments.getFirst().isEmpty()) {
        throw new IllegalArgumentException("a command needs a program");
      }
    }

    @Override
    public String toString() {
      return "Command[redacted]";
    }
  }
}
