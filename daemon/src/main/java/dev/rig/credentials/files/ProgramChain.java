package dev.rig.credentials.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The programs that run a script or a program: the interpreter in the first line after {@code #!},
 * the program that {@code env} finds, and the same for each of these, as far as they are scripts
 * themselves; and files that a first line names for its program, such as {@code nice FILE}. A user
 * who can change one of them decides what runs (T23).
 *
 * @param programs absolute paths, in the order in which the programs start; a program may not exist
 * @param files absolute paths of files that the arguments of these programs name; one may be
 *     missing, and created later
 */
public record ProgramChain(List<Path> programs, List<Path> files) {
  /** The kernel reads this much of a file to find {@code #!}, in bytes (execve(2)). */
  private static final int FIRST_LINE = 256;

  /** The most programs that are checked; a first line that runs more is rejected. */
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
    /** Returns the programs that the kernel, {@code env} or the program itself may start. */
    List<Start> next() throws FileSystemException {
      var interpreter = interpreter(program);
      if (interpreter.isPresent()) {
        var script = new ArrayList<>(List.of(program.toString()));
        script.addAll(arguments);
        return interpreted(interpreter.get(), script, path, folder).stream().toList();
      }
      return isEnv(program)
          ? envCall().flatMap(call -> call(call.arguments(), call.path(), call.folder())).stream()
              .toList()
          : calls();
    }

    private Optional<EnvCall> envCall() throws FileSystemException {
      return EnvCall.of(arguments, path, folder);
    }

    /** Returns the programs among the arguments: {@code nice env FILE}. */
    private List<Start> calls() {
      return IntStream.range(0, arguments.size())
          .mapToObj(from -> call(arguments.subList(from, arguments.size()), path, folder))
          .flatMap(Optional::stream)
          .filter(call -> Files.isRegularFile(call.program()))
          .toList();
    }

    /**
     * Returns the files among the arguments, which the program may run: {@code sh FILE}, {@code awk
     * -fFILE}, {@code env BASH_ENV=FILE}.
     */
    List<Path> files() throws FileSystemException {
      var words = isEnv(program) ? envCall().map(EnvCall::words).orElse(List.of()) : arguments;
      return words.stream().flatMap(word -> files(word, folder)).toList();
    }

    private static Stream<Path> files(String word, Path folder) {
      int slash = word.indexOf('/');
      var itself = resolved(folder, word).stream().filter(file -> !Files.isDirectory(file));
      if (slash < 0) {
        return itself.filter(Files::isRegularFile);
      }
      if (word.startsWith("-")) {
        itself = Stream.empty();
      }
      // FILE of -fFILE, --file=FILE, and LD_PRELOAD=FILE:FILE
      var attached = word.startsWith("-") && word.length() > 2 ? word.substring(2) : word;
      var values = word.substring(word.indexOf('=') + 1).split("[: ]");
      var parts =
          Stream.concat(Stream.of(word.substring(slash), attached), Stream.of(values))
              .filter(part -> !part.isEmpty());
      return Stream.concat(
          itself,
          parts.flatMap(part -> resolved(folder, part).stream()).filter(Files::isRegularFile));
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

    private static Optional<Start> call(List<String> command, String path, Path folder) {
      var name = command.getFirst();
      var rest = command.subList(1, command.size());
      var program =
          name.indexOf('/') < 0 ? SearchPath.find(name, path, folder) : resolved(folder, name);
      return program.map(file -> new Start(file, rest, path, folder));
    }

    private static Optional<Path> resolved(Path folder, String name) {
      try {
        return Optional.of(folder.resolve(name));
      } catch (InvalidPathException noName) {
        return Optional.empty();
      }
    }
  }

  /** Returns the programs and the files. */
  public List<Path> all() {
    return Stream.concat(programs.stream(), files.stream()).distinct().toList();
  }

  /**
   * Returns the programs that run a script; empty if it names no interpreter.
   *
   * @param text the script
   * @param path its {@code PATH}
   * @throws FileSystemException if a first line does not say what runs; the reason is for people
   */
  public static ProgramChain ofScript(String text, String path) throws FileSystemException {
    // The script's own file is empty here: env would only start the script again.
    return follow(
        Interpreter.of(text)
            .flatMap(interpreter -> Start.interpreted(interpreter, List.of(""), path, ROOT)));
  }

  /**
   * Returns a program, as the first, and the programs that run it.
   *
   * @param program an absolute path
   * @param path its {@code PATH}
   * @throws FileSystemException if a first line does not say what runs; the reason is for people
   */
  public static ProgramChain ofProgram(Path program, String path) throws FileSystemException {
    return follow(Optional.of(new Start(program, List.of(), path, ROOT)));
  }

  private static ProgramChain follow(Optional<Start> first) throws FileSystemException {
    var programs = new LinkedHashSet<Path>();
    var files = new LinkedHashSet<Path>();
    var open = new ArrayDeque<Start>();
    var seen = new HashSet<Start>();
    first.ifPresent(open::add);
    while (!open.isEmpty()) {
      var start = open.poll();
      // A script is followed once: it may be its interpreter's argument, with another PATH.
      boolean again =
          programs.contains(start.program()) && interpreter(start.program()).isPresent();
      if (!again && seen.add(start)) {
        if (seen.size() > LONGEST) {
          throw new FileSystemException(
              start.program().toString(), null, "too many programs run each other");
        }
        programs.add(start.program());
        files.addAll(start.files());
        open.addAll(start.next());
      }
    }
    return new ProgramChain(List.copyOf(programs), List.copyOf(files));
  }

  /** Returns the interpreter in a program's first line; empty if the program is no script. */
  private static Optional<Interpreter> interpreter(Path program) {
    try {
      var text = new String(RegularFile.readAtMost(program, FIRST_LINE), StandardCharsets.UTF_8);
      int end = text.indexOf('\0'); // as the kernel
      return Interpreter.ofProgram(end < 0 ? text : text.substring(0, end));
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
