package dev.rig.credentials.files;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
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

  /** Options of env(1) whose value is the next word. */
  private static final Set<String> WITH_A_WORD = Set.of("-u", "--unset", "-C", "--chdir", "-a");

  /** Options that make env(1) split the rest of the line, which it receives as one word. */
  private static final Pattern SPLIT = Pattern.compile("-[iv0]*S\\s*|--split-string[= ]");

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

  /**
   * Returns the program that {@code env} runs, as written, such as {@code python3}. Empty if the
   * interpreter is not {@code env}, or {@code env} can run nothing.
   */
  public Optional<String> behindEnv() {
    if (argument == null || !program.endsWith("/env")) {
      return Optional.empty();
    }
    var split = SPLIT.matcher(argument);
    var words =
        split.lookingAt() ? argument.substring(split.end()).split("\\s+") : new String[] {argument};
    boolean takesNext = false;
    for (var word : words) {
      boolean passedOver = takesNext || word.startsWith("-") || word.indexOf('=') >= 0;
      takesNext = !takesNext && WITH_A_WORD.contains(word);
      if (!passedOver && !word.isEmpty()) {
        return Optional.of(word.replaceAll("[\"']", ""));
      }
    }
    return Optional.empty();
  }
}
