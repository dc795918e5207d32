package dev.rig.credentials.source.process;

import dev.rig.credentials.files.ProgramChain;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.files.SearchPath;
import dev.rig.credentials.files.WriteAccess;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The shell of scripts without a {@code #!} line. Its {@code echo} prints backslashes unchanged, as
 * scripts for the platform expect; POSIX leaves that to each shell.
 *
 * @param program an absolute path
 * @param options arguments before the script's file
 * @param prologue text before the script's first line, on the same line, so that line numbers in
 *     messages stay correct; empty if not needed
 */
public record Shell(Path program, List<String> options, String prologue) {
  private static final Path SH = Path.of("/bin/sh");
  private static final File DEV_NULL = new File("/dev/null");

  /**
   * An {@code echo} that prints its arguments unchanged, and supports {@code -n}, {@code -e} and
   * {@code -E} as bash and busybox do. It runs in a subshell, so that the script's variables stay
   * unchanged; {@code printf} is a builtin of dash, so that no argument appears in {@code /proc}.
   */
  private static final String LITERAL_ECHO =
      "echo()(n='\\n' f=%s;"
          + "while case ${1-} in -|-*[!neE]*)! :;;-*):;;*)! :;esac;"
          + "do case $1 in *n*)n=;;esac;"
          + "case ${1%\"${1##*[eE]}\"} in *e)f=%b;;*E)f=%s;;esac;shift;done;"
          + "IFS=' ';command printf \"$f$n\" \"$*\");";

  /** The idiom of the documentation, with a password that some shells change. */
  private static final String IDIOM =
      "USERNAME=AWS; PASSWORD='\\t%s\\'; echo \"$USERNAME:$PASSWORD\"";

  private static final String PRINTED = "AWS:\\t%s\\\n";

  public Shell {
    options = List.copyOf(options);
  }

  /**
   * Returns the shell of this machine: {@code /bin/sh} if its {@code echo} prints backslashes
   * unchanged, otherwise bash, otherwise {@code /bin/sh} with our own {@code echo}.
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
   * Returns that shell, with options that make its {@code echo} print backslashes unchanged.
   *
   * @param program an absolute path of a POSIX shell; it need not exist
   */
  public static Shell of(Path program) {
    var called = String.valueOf(program.getFileName());
    var real = real(program);
    var name = String.valueOf(real.getFileName());
    if (name.startsWith("bash")) {
      // POSIX mode, as for sh: BASH_ENV is not read. The option is on by default in some builds of
      // bash.
      return new Shell(program, List.of("--posix", "+O", "xpg_echo"), "");
    }
    if (name.startsWith("busybox")) {
      // busybox chooses the program by its own file name; of shells it knows only sh and ash.
      return called.equals("sh") || called.equals("ash")
          ? new Shell(program, List.of(), "")
          : new Shell(called.startsWith("busybox") ? program : real, List.of("sh"), "");
    }
    return new Shell(program, List.of(), LITERAL_ECHO);
  }

  private static Path real(Path program) {
    try {
      return program.toRealPath();
    } catch (IOException e) {
      return program;
    }
  }

  /**
   * Returns why the shell must not be used: it is not a program, or users other than root and this
   * process's user could replace it or a program that runs it.
   *
   * @return for people, with the path; empty if it may be used
   */
  public Optional<String> problem(WriteAccess access) {
    if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      return Optional.of(program + " is not a program that you may run");
    }
    var checked = program;
    try {
      for (var each : ProgramChain.ofProgram(program, SearchPath.of(System.getenv())).all()) {
        checked = each;
        var problem = access.problemAhead(each);
        if (problem.isPresent()) {
          return problem;
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(checked + " cannot be checked: " + RegularFile.reason(e));
    }
  }

  /**
   * Runs {@code echo "$USERNAME:$PASSWORD"} in the shell, with an empty environment.
   *
   * @param limit how long the shell may take
   * @return why credentials of scripts would not arrive unchanged, for people; empty if they do
   */
  public Optional<String> idiomProblem(Duration limit) {
    try {
      var builder =
          new ProcessBuilder(arguments("-c", prologue + IDIOM))
              .redirectInput(ProcessBuilder.Redirect.from(DEV_NULL))
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().clear();
      var process = builder.start();
      try (var output = process.inputReader(StandardCharsets.UTF_8)) {
        boolean ended = process.waitFor(limit);
        return ended && PRINTED.equals(output.readAllAsString())
            ? Optional.empty()
            : Optional.of(
                ended
                    ? "echo \"$USERNAME:$PASSWORD\" prints something else in " + this
                    : "%s did not end within %d s".formatted(this, limit.toSeconds()));
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return Optional.of(this + " cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Returns the arguments that run a script, which the last ones name. */
  List<String> arguments(String... script) {
    return Stream.of(List.of(program.toString()), options, List.of(script))
        .flatMap(List::stream)
        .toList();
  }

  /** Returns the command line, for people. */
  @Override
  public String toString() {
    return options.isEmpty() ? program.toString() : program + " " + String.join(" ", options);
  }
}
