package dev.rig.credentials.config.yaml;

import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.SourcePosition;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The names that are valid in one place, and the report of an unknown one. */
public final class KnownNames {
  private static final int LONGEST = 40;

  private final String kind;
  private final List<String> names;

  /**
   * Creates the names of one place.
   *
   * @param kind what they are called, as {@code key}
   */
  public KnownNames(String kind, String... names) {
    this.kind = kind;
    this.names = List.of(names);
  }

  public boolean contains(String name) {
    return names.contains(name);
  }

  /**
   * Reports an unknown name. It may be a misplaced secret, so the message repeats it only if it is
   * a misspelled known name.
   */
  public void reportUnknown(ProblemCollector findings, SourcePosition origin, String name) {
    var nearest = nearest(name);
    if (nearest.isPresent()) {
      findings.add(
          origin,
          "unknown " + kind + " \"" + name + "\"",
          "did you mean \"" + nearest.get() + "\"?");
      return;
    }
    var hint =
        names.stream()
            .filter(known -> known.equals(name.toLowerCase(Locale.ROOT)))
            .findFirst()
            .map(known -> "did you mean \"" + known + "\"?")
            .orElse("known here: " + String.join(", ", names));
    findings.add(origin, "unknown " + kind, hint);
  }

  /** Returns the known name within two edits; for a very short one within half of its length. */
  Optional<String> nearest(String name) {
    if (name.length() > LONGEST) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = 3;
    for (var known : names) {
      int distance = distance(name, known);
      if (distance < bestDistance && distance <= known.length() / 2) {
        best = known;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /**
   * Returns the number of insertions, deletions and replacements of a character between the two.
   */
  private static int distance(String left, String right) {
    var row = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int replaced = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[right.length()];
  }
}
