package dev.rig.credentials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Manual;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README is short, and every link in the manual leads somewhere. */
class ManualTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..").normalize();
  private static final Pattern ROW = Pattern.compile("\\| ([FT][0-9]+) \\|(.*)");
  private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+(?:Test|IT|Cases))\\.(\\w+)`");
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
    assertEquals(List.of(), Manual.brokenLinks(ROOT, pages()));
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

  /** A promise without a test is not kept. */
  @Test
  void everyFaultAndThreatNamesTestsThatExist() {
    var tests = new TreeMap<String, List<MatchResult>>();
    for (var page : List.of("reliability.md", "security.md")) {
      for (var line : read(ROOT.resolve("daemon/docs").resolve(page)).lines().toList()) {
        var row = ROW.matcher(line);
        if (row.matches()) {
          tests
              .computeIfAbsent(row.group(1), _ -> new ArrayList<>())
              .addAll(NAMED_TEST.matcher(row.group(2)).results().toList());
        }
      }
    }
    assertTrue(tests.size() > 60, "the tables were found: " + tests.keySet());
    var wrong = new ArrayList<String>();
    tests.forEach((number, named) -> {
      if (named.isEmpty()) {
        wrong.add(number + " has no line in the table of tests");
      }
      named.stream()
          .filter(test -> !isTest(test.group(1), test.group(2)))
          .forEach(test -> wrong.add(number + ": there is no " + test.group()));
    });
    assertEquals(List.of(), wrong);
  }

  private static boolean isTest(String name, String method) {
    for (var module : List.of("daemon", "helper")) {
      var sources = ROOT.resolve(module).resolve("src/test/java");
      try (var files =
          Files.find(sources, 20, (file, _) -> file.endsWith(Path.of(name + ".java")))) {
        if (files.anyMatch(file -> read(file).contains("void " + method + "("))) {
          return true;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return false;
  }

  private static List<Path> pages() {
    try (var manual = Files.list(ROOT.resolve("daemon/docs"))) {
      return Stream.concat(
              manual.filter(Files::isRegularFile),
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
