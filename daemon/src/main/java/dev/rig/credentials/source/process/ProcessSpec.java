package dev.rig.credentials.source.process;

import dev.rig.credentials.credential.Secret;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to run and how far it may go. It does not print itself: a script, its arguments and its
 * environment can hold secrets.
 *
 * @param program a script or a command
 * @param environment added to the runner's base environment, and stronger than it; request data
 *     reaches a process only here
 * @param timeout how long it may take; longer than zero
 * @param stdoutLimit the most bytes that it may print
 * @param privateFiles secrets that it reads from files: by the variable that will hold the path,
 *     the text. Only this user reads them, and they are removed when the run has ended
 * @param input what it reads on standard input, from such a file; null for nothing
 */
public record ProcessSpec(
    Program program,
    Map<String, String> environment,
    Duration timeout,
    int stdoutLimit,
    Map<String, Secret> privateFiles,
    @Nullable Secret input) {
  /** What a script may print, unless somebody says otherwise: 64 KiB. */
  public static final int DEFAULT_STDOUT_LIMIT = 64 * 1024;

  /**
   * What to run.
   *
   * @throws IllegalArgumentException when the timeout is not positive or the limit negative
   */
  public ProcessSpec {
    if (!timeout.isPositive() || stdoutLimit < 0) {
      throw new IllegalArgumentException("a process needs a positive timeout and a limit");
    }
    environment = Map.copyOf(environment);
    privateFiles = Map.copyOf(privateFiles);
  }

  /** A script with the default limit of what it may print. */
  public static ProcessSpec script(String text, Map<String, String> environment, Duration timeout) {
    return new ProcessSpec(
        new ScriptProgram(text), environment, timeout, DEFAULT_STDOUT_LIMIT, Map.of(), null);
  }

  /** A command with the default limit of what it may print. */
  public static ProcessSpec command(
      List<String> arguments, Map<String, String> environment, Duration timeout) {
    return new ProcessSpec(
        new Command(arguments), environment, timeout, DEFAULT_STDOUT_LIMIT, Map.of(), null);
  }

  /** This with a further private file, whose path the process finds in that variable. */
  public ProcessSpec withPrivateFile(String variable, Secret text) {
    var more = new HashMap<>(privateFiles);
    more.put(variable, text);
    return new ProcessSpec(program, environment, timeout, stdoutLimit, more, input);
  }

  /** This with something on standard input. */
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
   * A program with its arguments; no shell takes part.
   *
   * @param arguments the program first: a path, or a name to look up in {@code PATH}
   */
  public record Command(List<String> arguments) implements Program {
    /**
     * A program with its arguments.
     *
     * @throws IllegalArgumentException when there is no program
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
