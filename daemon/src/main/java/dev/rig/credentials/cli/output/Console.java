package dev.rig.credentials.cli.output;

import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a command.
 *
 * @param out standard output; printed text is escaped
 * @param err standard error; printed text is escaped
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
  /** Returns the variable's value; null if it is not set. */
  public @Nullable String variable(String name) {
    return environment.get(name);
  }

  public Console {
    out = out instanceof EscapingPrintStream ? out : new EscapingPrintStream(out);
    err = err instanceof EscapingPrintStream ? err : new EscapingPrintStream(err);
  }

  /** Returns the stream without escaping, for our own control sequences only. */
  public static PrintStream raw(PrintStream stream) {
    return stream instanceof EscapingPrintStream escaping ? escaping.raw() : stream;
  }
}
