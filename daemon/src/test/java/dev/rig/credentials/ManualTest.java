package dev.rig.credentials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README is short, and every link in the manual leads somewhere. */
class ManualTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..").normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final int MOST_LINES = 200;
  private static final int MOST_WORDS = 1600;

  @Test
  void readmeFitsOnAFewScreens() {
    var readme = read(ROOT.resolve("README.md"));
    assertTrue(readme.lines().count() <= MOST_LINES);
    assertTrue(readme.split("\\s+").length <= MOST_WORDS);
  }

  @Test
  void everyLinkBetweenPagesLeadsToAFileAndAHeading() {
    var broken = new ArrayList<String>();
    for (var page : pages()) {
      var links = LINK.matcher(read(page));
      while (links.find()) {
        var link = links.group(1);
        if (!link.startsWith("http") && !resolves(page, link)) {
          broken.add(ROOT.relativize(page) + ": " + link);
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void readmeNamesEveryPageOfTheManual() throws IOException {
    var readme = read(ROOT.resolve("README.md"));
    try (var manual = Files.list(ROOT.resolve("daemon/docs"))) {
      var missing =
          manual.filter(page -> !readme.contains("daemon/docs/" + page.getFileName())).toList();
      assertEquals(List.of(), missing);
    }
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

  /** As GitHub makes it of a heading. */
  private static String anchor(String heading) {
    return heading
        .replaceFirst("^#+ ", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\w\\- ]", "")
        .replace(' ', '-');
  }

  private static List<Path> pages() {
    try (var manual = Files.list(ROOT.resolve("daemon/docs"))) {
      return Stream.concat(
              manual,
              Stream.of("README.md", "SECURITY.md", "CONTRIBUTING.md", "sidecar-chart/README.md")
                  .map(ROOT::resolve))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
