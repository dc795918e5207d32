package dev.rig.credentials.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * The programs that run a script or a program: the interpreter in the first line after {@code #!},
 * the program that {@code env} finds, and the same for each of these, as far as they are scripts
 * themselves; and files that a first line names for its program, such as {@code nice FILE}. A user
 * who can change one of them decides what runs (T23).
 */
public final class ProgramChain {
  /** The kernel reads this much of a file to find {@code #!}, in bytes (execve(2)). */
  private static final int FIRST_LINE = 256;

  /**
   * The longest chain. The kernel follows fewer than six {@code #!} lines, but starts to count
   * again after each {@code env}.
   */
  private static final int LONGEST = 16;

  /** The working directory of scripts and helpers. */
  private static final Path ROOT = Path.of("/");

  /**
   * The start of one program.
   *
   * @param program an absolute path
   * @param arguments what follows the program
   * @param path the {@code PATH}
   * @param folder the working directory
   */
  private record Start(Path program, List<String> arguments, String path, Path folder) {
    /** Returns the program that the kernel or {@code env} starts instead; empty if none. */
    Optional<Start> next() throws FileSystemException {
      var interpreter = interpreter(program);
      if (interpreter.isPresent()) {
        var script = new ArrayList<>(List.of(program.toString()));
        script.addAll(arguments);
        return interpreted(interpreter.get(), script, path, folder);
      }
      return isEnv(program)
          ? EnvCall.of(arguments, path, folder).flatMap(Start::found)
          : Optional.empty();
    }

    /**
     * Returns the files among the arguments, which the program may run: {@code sh FILE}, {@code
     * nice FILE}.
     */
    List<Path> files() {
      return arguments.stream()
          .filter(argument -> argument.startsWith("/"))
          .flatMap(argument -> resolved(ROOT, argument).stream())
          .filter(Files::isRegularFile)
          .toList();
    }

    /** Returns the start of an interpreter, which the kernel does not search in the PATH. */
    static Optional<Start> interpreted(
        Interpreter interpreter, List<String> script, String path, Path folder) {
      var arguments = new ArrayList<String>();
      if (interpreter.argument() != null) {
        arguments.add(interpreter.argument());
      }
      arguments.addAll(script);
      return interpreter.program().isEmpty()
          ? Optional.empty()
          : resolved(folder, interpreter.program())
              .map(program -> new Start(program, arguments, path, folder));
    }

    private static Optional<Start> found(EnvCall call) {
      var name = call.arguments().getFirst();
      var rest = call.arguments().subList(1, call.arguments().size());
      var program =
          name.indexOf('/') < 0
              ? SearchPath.find(name, call.path())
              : resolved(call.folder(), name);
      return program.map(file -> new Start(file, rest, call.path(), call.folder()));
    }

    private static Optional<Path> resolved(Path folder, String name) {
      try {
        return Optional.of(folder.resolve(name));
      } catch (InvalidPathException noName) {
        return Optional.empty();
      }
    }
  }

  private ProgramChain() {}

  /**
   * Returns the programs that run a script; empty if it names no interpreter.
   *
   * @param text the script
   * @param path its {@code PATH}
   * @return absolute paths, in the order in which the programs start, each followed by the files
   *     that its arguments name; a program may not exist
   * @throws FileSystemException if a first line does not say what runs; the reason is for people
   */
  public static List<Path> ofScript(String text, String path) throws FileSystemException {
    // The script's own file is empty here: env would only start the script again.
    return follow(
        Interpreter.of(text)
            .flatMap(interpreter -> Start.interpreted(interpreter, List.of(""), path, ROOT)));
  }

  /**
   * Returns a program and the programs that run it.
   *
   * @param program an absolute path
   * @param path its {@code PATH}
   * @return absolute paths, starting with the program; as {@link #ofScript} otherwise
   * @throws FileSystemException if a first line does not say what runs; the reason is for people
   */
  public static List<Path> ofProgram(Path program, String path) throws FileSystemException {
    return follow(Optional.of(new Start(program, List.of(), path, ROOT)));
  }

  private static List<Path> follow(Optional<Start> first) throws FileSystemException {
    var programs = new LinkedHashSet<Path>();
    var start = first;
    for (int i = 0; i < LONGEST && start.isPresent(); i++) {
      programs.add(start.get().program());
      programs.addAll(start.get().files());
      start = start.get().next();
    }
    return List.copyOf(programs);
  }

  /** Returns the interpreter in a program's first line; empty if the program is no script. */
  private static Optional<Interpreter> interpreter(Path program) {
    try {
      var text = new String(RegularFile.readAtMost(program, FIRST_LINE), StandardCharsets.UTF_8);
      int end = text.indexOf('\0'); // as the kernel
      return Interpreter.of(end < 0 ? text : text.substring(0, end));
    } catch (IOException notReadable) {
      return Optional.empty();
    }
  }

  /** Returns whether a program is env(1), perhaps by a link with another name. */
  private static boolean isEnv(Path program) {
    try {
      return program.endsWith("env") || program.toRealPath().endsWith("env");
    } catch (IOException missing) {
      return false;
    }
  }
}
