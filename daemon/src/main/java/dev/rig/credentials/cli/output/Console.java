package dev.rig.credentials.cli.output;

import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command sees of the outside.
 *
 * @param out standard output; what is printed to it is escaped
 * @param err standard error; likewise
 * @param environment the process's variables
 * @param terminal whether standard output is a terminal
 * @param root whether this process runs as root
 */
public record Console(
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    boolean terminal,
    boolean root) {
  /** The variable's value; null where it is not set. */
  public @Nullable String variable(String name) {
    return environment.get(name);
  }

  public Console {
    out = out instanceof EscapingPrintStream ? out : new EscapingPrintStream(out);
    err = err instanceof EscapingPrintStream ? err : new EscapingPrintStream(err);
  }

  /** The stream without escaping, for control sequences of ours alone. */
  public static PrintStream raw(PrintStream stream) {
    return stream instanceof EscapingPrintStream escaping ? escaping.raw() : stream;
  }
}
