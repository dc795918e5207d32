package dev.rig.credentials.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Prints rows as Markdown. */
record MarkdownTable(PrintStream out) {
  void print(String title, List<Row> rows) {
    line(title, "Ours", "Compared with", "Theirs", "Ours / theirs", "Aim", "Met");
    line("---", "---", "---", "---", "---", "---", "---");
    for (var row : rows) {
      line(
          row.measured(),
          row.oursText(),
          row.peer(),
          row.peersText(),
          row.ratioText(),
          row.aim().text(row.unit()),
          row.metText());
    }
    out.println();
  }

  private void line(String... cells) {
    out.println(
        Arrays.stream(cells)
            .map(cell -> cell.replaceAll("[|\\s]+", " "))
            .collect(Collectors.joining(" | ", "| ", " |")));
  }
}
