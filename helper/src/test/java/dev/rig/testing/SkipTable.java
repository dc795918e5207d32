package dev.rig.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** The table at the end of a run: which tests were skipped, why, and what to install. */
final class SkipTable {
  private static final String[] HEADINGS = {"Skipped", "Why", "To run it"};

  private SkipTable() {}

  /**
   * Reads what {@link SkipListener} wrote.
   *
   * @param run what the files of this run begin with
   * @param folders may be absent
   */
  static List<Skip> read(String run, Path... folders) throws IOException {
    var skips = new ArrayList<Skip>();
    for (var folder : folders) {
      if (Files.isDirectory(folder)) {
        try (var files = Files.newDirectoryStream(folder, run + "*.tsv")) {
          for (var file : files) {
            Files.readAllLines(file).stream().map(Skip::ofLine).forEach(skips::add);
          }
        }
      }
    }
    return skips;
  }

  /** The table as text: a row for each reason, with the tests that it stopped. */
  static String of(List<Skip> skips) {
    if (skips.isEmpty()) {
      return "";
    }
    var tests = new TreeMap<List<String>, TreeSet<String>>((a, b) -> compare(a, b));
    for (var skip : skips) {
      tests
          .computeIfAbsent(List.of(skip.reason(), skip.remedy()), key -> new TreeSet<>())
          .add(skip.test());
    }
    var rows = new ArrayList<String[]>();
    rows.add(HEADINGS);
    tests.forEach((cause, names) -> {
      var left = List.copyOf(names);
      for (int i = 0; i < left.size(); i++) {
        rows.add(
            new String[] {left.get(i), i == 0 ? cause.get(0) : "", i == 0 ? cause.get(1) : ""});
      }
    });
    var text = new StringBuilder("%nSkipped tests: %d%n".formatted(skips.size()));
    for (var row : rows) {
      var line = "%-" + width(rows, 0) + "s  %-" + width(rows, 1) + "s  %s";
      text.append(line.formatted((Object[]) row).stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  private static int width(List<String[]> rows, int column) {
    return rows.stream().mapToInt(row -> row[column].length()).max().orElse(1);
  }

  private static int compare(List<String> a, List<String> b) {
    var first = a.get(0).compareTo(b.get(0));
    return first != 0 ? first : a.get(1).compareTo(b.get(1));
  }
}
