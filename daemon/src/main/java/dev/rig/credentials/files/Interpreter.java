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

  /**
   * Returns the interpreter of a script of the configuration, which the daemon starts itself; empty
   * if it names none. A carriage return at the end of the line does not count.
   */
  public static Optional<Interpreter> of(String script) {
    return script.startsWith(MARK) ? Optional.of(parse(line(script).strip())) : Optional.empty();
  }

  /**
   * Returns the interpreter of a program's text, which the kernel starts; empty if it names none.
   * Only blanks and tabs around it do not count.
   */
  static Optional<Interpreter> ofProgram(String text) {
    return text.startsWith(MARK)
        ? Optional.of(parse(line(text).replaceAll("^[ \t]+|[ \t]+$", "")))
        : Optional.empty();
  }

  private static String line(String script) {
    int end = script.indexOf('\n');
    return script.substring(MARK.length(), end < 0 ? script.length() : end);
  }

  private static Interpreter parse(String line) {
    var words = line.split("[ \t]+", 2);
    return new Interpreter(words[0], words.length > 1 ? words[1] : null);
  }
}
