package dev.rig.credentials.problem;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One error in a user's input. It never contains a value from the input.
 *
 * @param file the file as it was named, or another source such as {@code --socket}
 * @param line counted from 1; 0 if unknown
 * @param column counted from 1; 0 if unknown
 * @param message what is wrong, without a full stop
 * @param hint what to do about it; null if the message says it
 */
public record Problem(String file, int line, int column, String message, @Nullable String hint)
    implements Comparable<Problem> {
  private static final Comparator<Problem> ORDER =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparingInt(Problem::column)
          .thenComparing(Problem::message);

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }

  /** Returns {@code file:line:column: message (hint)}, without absent parts. */
  @Override
  public String toString() {
    var text = new StringBuilder(file);
    if (line > 0) {
      text.append(':').append(line).append(':').append(column);
    }
    text.append(": ").append(message);
    if (hint != null) {
      text.append(" (").append(hint).append(')');
    }
    return text.toString();
  }
}
