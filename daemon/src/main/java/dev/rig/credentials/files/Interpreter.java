package dev.rig.credentials.files;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The interpreter in a script's first line, after {@code #!}. The rules are the kernel's
 * (execve(2), "Interpreter scripts"): a program and at most one argument, which is all the rest of
 * the line.
 *
 * @param program as written, not necessarily an absolute path
 * @param argument null if absent
 */
public record Interpreter(String program, @Nullable String argument) {
  private static final String MARK = "#!";

  /** Returns the interpreter of a script; empty if it names none. */
  public static Optional<Interpreter> of(String script) {
    if (!script.startsWith(MARK)) {
      return Optional.empty();
    }
    int end = script.indexOf('\n');
    var line = script.substring(MARK.length(), end < 0 ? script.length() : end).strip();
    var words = line.split("[ \t]+", 2);
    return Optional.of(new Interpreter(words[0], words.length > 1 ? words[1] : null));
  }
}
