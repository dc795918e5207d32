package dev.rig.credentials.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private Manual() {}

  /**
   * Returns the links of pages that lead to no file, or to no heading in it; those to other sites
   * are left out.
   *
   * @param root that their names in the result are relative to
   */
  public static List<String> brokenLinks(Path root, List<Path> pages) {
    var broken = new ArrayList<String>();
    for (var page : pages) {
      LINK.matcher(read(page))
          .results()
          .map(link -> link.group(1))
          .filter(link -> !link.startsWith("http") && !resolves(page, link))
          .forEach(link -> broken.add(root.relativize(page) + ": " + link));
    }
    return broken;
  }

  private static boolean resolves(Path page, String link) {
    var parts = link.split("#", 2);
    var target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    return Files.exists(target)
        && (parts.length == 1
            || read(target)
                .lines()
                .filter(line -> line.startsWith("#"))
                .anyMatch(line -> anchor(line).equals(parts[1])));
  }

  /** Returns the anchor that GitHub makes of a heading. */
  private static String anchor(String heading) {
    return heading
        .replaceFirst("^#+ ", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\w\\- ]", "")
        .replace(' ', '-');
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

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
