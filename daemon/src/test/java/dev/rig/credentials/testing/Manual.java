package dev.rig.credentials.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;

/** What a page of {@code daemon/docs} tells a reader to type or to look up. */
public final class Manual {
  /**
   * One command.
   *
   * @param command what is typed, with the lines of a here-document
   * @param shown the output according to the page; empty if absent
   */
  public record Step(String command, String shown) {}

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

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

  /**
   * The first row of a table one of whose messages is part of a text, as a reader looks it up.
   *
   * @param page its file's name, without the extension
   * @param heading what the heading of the first column begins with. In that column, messages are
   *     marked as code, and {@code …} is any text
   */
  public static String row(String page, String heading, String text) {
    var lines = lines(page);
    int start = 0;
    while (start < lines.size() && !lines.get(start).startsWith("| " + heading)) {
      start++;
    }
    for (int i = start + 2; i < lines.size() && lines.get(i).startsWith("| "); i++) {
      var messages = CODE.matcher(lines.get(i).substring(0, lines.get(i).indexOf(" | ")));
      while (messages.find()) {
        var literals = messages.group(1).split("…", -1);
        var pattern = Arrays.stream(literals).map(Pattern::quote).collect(Collectors.joining(".*"));
        if (Pattern.compile(pattern).matcher(text).find()) {
          return lines.get(i);
        }
      }
    }
    return Assertions.fail("no row of " + page + " has this message: " + text);
  }

  /** The line after a command's last line, which ends a here-document or a pipe. */
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
