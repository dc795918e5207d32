package dev.rig.testing;

import java.util.List;

/**
 * A test, or a class with all of its tests, that was skipped.
 *
 * @param test its class, and its method if only that was skipped
 * @param reason why
 * @param remedy what to install or to do; empty if unknown
 */
record Skip(String test, String reason, String remedy) {
  private static final String SEPARATOR = "\t";

  Skip {
    test = oneLine(test);
    reason = oneLine(reason);
    remedy = oneLine(remedy);
  }

  /** One line of a file of skips. */
  String toLine() {
    return String.join(SEPARATOR, test, reason, remedy);
  }

  static Skip ofLine(String line) {
    List<String> fields = List.of(line.split(SEPARATOR, 3));
    return new Skip(fields.get(0), fields.get(1), fields.get(2));
  }

  /** What the console shows when it happens. */
  String toWords() {
    return "SKIPPED %s: %s%s".formatted(test, reason, remedy.isEmpty() ? "" : "; " + remedy);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
