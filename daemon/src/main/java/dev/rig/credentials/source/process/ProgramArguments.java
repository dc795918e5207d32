package dev.rig.credentials.source.process;

import dev.rig.credentials.files.Interpreter;
import dev.rig.credentials.files.ProgramChain;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.files.SearchPath;
import dev.rig.credentials.files.WriteAccess;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Converts a program into the kernel's arguments, and finds programs. */
final class ProgramArguments {
  /** The program cannot be run; the message is for people and contains no value. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }

  private ProgramArguments() {}

  /**
   * Returns the arguments for a script in a file: the interpreter in its first line after {@code
   * #!}, or else the shell. The first line is read here and not by the kernel, so that the file may
   * be on a noexec mount; the interpreter must be an absolute path.
   */
  static List<String> ofScript(String text, Path file, Shell shell) throws UnusableException {
    List<String> arguments = new ArrayList<>();
    var interpreter = Interpreter.of(text).orElse(null);
    if (interpreter != null) {
      arguments.add(interpreter.program());
      if (interpreter.argument() != null) {
        arguments.add(interpreter.argument());
      }
      if (!arguments.getFirst().startsWith("/")) {
        throw new UnusableException("the script's first line has no absolute path after #!");
      }
      arguments.add(file.toString());
    } else {
      arguments = shell.arguments(file.toString());
    }
    if (SearchPath.program(arguments.getFirst()).isEmpty()) {
      throw new UnusableException(
          "there is no interpreter " + StderrTail.escape(arguments.getFirst()));
    }
    return arguments;
  }

  /**
   * Rejects a script that other users could change now through its interpreter, as the
   * configuration's checks do (T23). They may have been able to since the configuration was read.
   */
  static void requireSafe(String text, Shell shell, Map<String, String> environment)
      throws UnusableException {
    var access = WriteAccess.ofThisProcess(System.getenv());
    if (!namesInterpreter(text)) {
      var problem = shell.problem(access);
      if (problem.isPresent()) {
        throw new UnusableException(problem.get());
      }
      return;
    }
    try {
      for (var program : ProgramChain.ofScript(text, SearchPath.of(environment)).all()) {
        var problem = access.problemAhead(program);
        if (problem.isPresent()) {
          throw new UnusableException(
              "its interpreter " + WriteAccess.about(program.toString(), problem.get()));
        }
      }
    } catch (IOException e) {
      throw new UnusableException("its interpreter cannot be checked: " + RegularFile.reason(e));
    }
  }

  /** Returns whether a script's first line names an interpreter, after {@code #!}. */
  static boolean namesInterpreter(String text) {
    return text.startsWith("#!");
  }

  /** Returns the arguments with the program as a path. */
  static List<String> ofCommand(List<String> arguments, Map<String, String> environment)
      throws UnusableException {
    var program = arguments.getFirst();
    var path =
        program.indexOf('/') >= 0
            ? SearchPath.program(program)
            : SearchPath.find(program, SearchPath.of(environment));
    var resolved = new ArrayList<>(arguments);
    resolved.set(
        0,
        path.orElseThrow(
                () -> new UnusableException("there is no program " + StderrTail.escape(program)))
            .toAbsolutePath()
            .toString());
    for (var argument : resolved) {
      requireEncodable(argument, "an argument");
    }
    return resolved;
  }

  /** Returns the variables, if they are valid for a process. */
  static Map<String, String> environment(Map<String, String> variables) throws UnusableException {
    for (var variable : variables.entrySet()) {
      var name = variable.getKey();
      requireEncodable(name, "an environment variable's name");
      if (name.isEmpty() || name.indexOf('=') >= 0) {
        throw new UnusableException("an environment variable's name is empty or holds a =");
      }
      requireEncodable(variable.getValue(), "the environment variable " + StderrTail.escape(name));
    }
    return variables;
  }

  /** Returns {@code setsid}, if the machine has one. */
  static Optional<Path> setsid(Map<String, String> environment) {
    return SearchPath.find("setsid", "/usr/bin:/bin")
        .or(() -> SearchPath.find("setsid", SearchPath.of(environment)));
  }

  /**
   * Rejects text that the JDK would change: it ends a text at a NUL, and writes a question mark for
   * characters that the locale does not have.
   */
  private static void requireEncodable(String text, String what) throws UnusableException {
    if (text.indexOf('\0') >= 0) {
      throw new UnusableException(what + " contains a NUL");
    }
    var charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    if (!charset.newEncoder().canEncode(text)) {
      throw new UnusableException(
          what + " has characters that the locale's " + charset + " lacks; set LANG=C.UTF-8");
    }
  }
}
