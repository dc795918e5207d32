package dev.rig.credentials.source.process;

import dev.rig.credentials.files.WriteAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The shell that runs a script without a {@code #!} line. Its {@code echo} prints backslashes as
 * they are, as scripts written for the platform expect; POSIX leaves that to each shell.
 *
 * @param program an absolute path
 * @param options what comes before the script's file
 * @param prologue what comes before the script's first line, on the same line, so that the line
 *     numbers in the shell's messages stay true; empty for a shell that needs nothing
 */
public record Shell(Path program, List<String> options, String prologue) {
  private static final Path SH = Path.of("/bin/sh");

  /**
   * An {@code echo} that prints its arguments as they are, and knows {@code -n}, {@code -e} and
   * {@code -E} as bash and busybox do. In a subshell, so that the script's variables stay as they
   * are; {@code printf} is a builtin of dash, so that no argument is seen in {@code /proc}.
   */
  private static final String LITERAL_ECHO =
      "echo()(n='\\n' f=%s;"
          + "while case ${1-} in -|-*[!neE]*)! :;;-*):;;*)! :;esac;"
          + "do case $1 in *n*)n=;;esac;"
          + "case ${1%\"${1##*[eE]}\"} in *e)f=%b;;*E)f=%s;;esac;shift;done;"
          + "IFS=' ';command printf \"$f$n\" \"$*\");";

  public Shell {
    options = List.copyOf(options);
  }

  /**
   * The shell of this machine: {@code /bin/sh} if its {@code echo} is literal, else bash if there
   * is one, else {@code /bin/sh} with an {@code echo} of ours.
   */
  public static Shell ofThisMachine() {
    return ofThisMachine(Path.of("/"));
  }

  static Shell ofThisMachine(Path root) {
    return Stream.of("bin/sh", "bin/bash", "usr/bin/bash")
        .map(root::resolve)
        .filter(Files::isExecutable)
        .map(Shell::of)
        .filter(shell -> shell.prologue().isEmpty())
        .findFirst()
        .orElseGet(() -> of(root.equals(Path.of("/")) ? SH : root.resolve("bin/sh")));
  }

  /**
   * That shell, started so that its {@code echo} is literal.
   *
   * @param program an absolute path of a POSIX shell; it need not exist
   */
  public static Shell of(Path program) {
    var called = String.valueOf(program.getFileName());
    var name = realName(program);
    if (name.startsWith("bash")) {
      // POSIX mode, as for sh: no BASH_ENV is read. The option is on in some builds of bash.
      return new Shell(program, List.of("--posix", "+O", "xpg_echo"), "");
    }
    if (name.startsWith("busybox")) {
      return new Shell(program, called.startsWith("busybox") ? List.of("sh") : List.of(), "");
    }
    return new Shell(program, List.of(), LITERAL_ECHO);
  }

  private static String realName(Path program) {
    try {
      return String.valueOf(program.toRealPath().getFileName());
    } catch (IOException e) {
      return String.valueOf(program.getFileName());
    }
  }

  /**
   * Why scripts must not run with it: it is no program, or somebody besides root and this process's
   * user could replace it.
   *
   * @return for people, with the path; empty if it may be used
   */
  public Optional<String> problem(WriteAccess access) {
    if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      return Optional.of(program + " is not a program that you may run");
    }
    try {
      return access.problem(program);
    } catch (IOException e) {
      return Optional.of(program + " cannot be checked: " + e.getClass().getSimpleName());
    }
  }

  /** What to run for a script that lies in that file. */
  List<String> arguments(Path script) {
    var arguments = new ArrayList<String>();
    arguments.add(program.toString());
    arguments.addAll(options);
    arguments.add(script.toString());
    return arguments;
  }

  /** How it is called, for people. */
  @Override
  public String toString() {
    return options.isEmpty() ? program.toString() : program + " " + String.join(" ", options);
  }
}
