package dev.rig.credentials.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/** The commands that a page of {@code daemon/docs} gives a reader to type. */
public final class Manual {
  /**
   * One command.
   *
   * @param command what is typed, with the lines of a here-document
   * @param shown the output according to the page; empty if absent
   */
  public record Step(String command, String shown) {}

  private Manual() {}

  /**
   * Returns the steps of a section, in order.
   *
   * @param page its file's name, without the extension
   * @param heading of the section, without its number signs
   */
  public static List<Step> steps(String page, String heading) {
    var lines = lines(page);
    int start = lines.indexOf("## " + heading);
    Assertions.assertTrue(start >= 0, heading);
    var steps = new ArrayList<Step>();
    boolean inside = false;
    for (int i = start + 1; i < lines.size() && !lines.get(i).startsWith("## "); i++) {
      var line = lines.get(i);
      if (line.startsWith("```")) {
        inside = line.equals("```console");
      } else if (inside && (line.startsWith("# ") || line.startsWith("$ "))) {
        int end = end(lines, i);
        var typed = new ArrayList<>(lines.subList(i, end));
        typed.set(0, line.substring(2));
        var shown = new StringBuilder();
        for (i = end; !lines.get(i).matches("([#$] |```).*"); i++) {
          shown.append(lines.get(i)).append('\n');
        }
        i--;
        steps.add(new Step(String.join("\n", typed), shown.toString()));
      }
    }
    return List.copyOf(steps);
  }

  /** Returns the line after a command's last line, which ends a here-document or a pipe. */
  private static int end(List<String> lines, int start) {
    if (lines.get(start).endsWith("<<'END'")) {
      return start + lines.subList(start, lines.size()).indexOf("END") + 1;
    }
    int end = start;
    while (lines.get(end).matches(".*[|\\\\]")) {
      end++;
    }
    return end + 1;
  }

  private static List<String> lines(String page) {
    try {
      return Files.readAllLines(Path.of(System.getProperty("basedir", ""), "docs", page + ".md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
