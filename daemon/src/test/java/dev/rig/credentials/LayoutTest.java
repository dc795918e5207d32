package dev.rig.credentials;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a reader of the folders relies on: small packages, unique names, an accurate map. */
class LayoutTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..").normalize();
  private static final Pattern FIRST_PARAGRAPH =
      Pattern.compile("/\\*\\*(.*?)(?:\n \\*)? ?(?:\n \\* <p>|\\*/)", Pattern.DOTALL);
  private static final Pattern ROW = Pattern.compile("\\| (?:[^|]*) \\| `([a-z.]+)` \\| (.*) \\|");
  private static final Pattern ROW_OF_NULLS =
      Pattern.compile("[(,]\\s*null\\s*,\\s*null\\s*,\\s*null\\s*[,)]");

  private static final int MOST_FILES = 30;

  @Test
  void noFolderHasMoreThanThirtyFiles() {
    var crowded =
        files()
            .collect(Collectors.groupingBy(Path::getParent, Collectors.counting()))
            .entrySet()
            .stream()
            .filter(folder -> folder.getValue() > MOST_FILES)
            .toList();
    assertEquals(List.of(), crowded);
  }

  @Test
  void contributingListsThePackagesWithTheirSentences() throws IOException {
    Map<String, String> map = new TreeMap<>();
    var rows = ROW.matcher(Files.readString(ROOT.resolve("CONTRIBUTING.md")));
    while (rows.find()) {
      map.put(rows.group(1), rows.group(2));
    }
    assertEquals(lines(sentences()), lines(map));
  }

  /** A method of the JDK may take several nulls; our own methods take a record instead. */
  @Test
  void noCallPassesSeveralNullsInARow() {
    var calls =
        files()
            .filter(file -> ROW_OF_NULLS.matcher(read(file)).find())
            .map(ROOT::relativize)
            .toList();
    assertEquals(List.of(), calls);
  }

  private static Map<String, String> sentences() {
    Map<String, String> sentences = new TreeMap<>();
    for (var folder : files().map(Path::getParent).distinct().toList()) {
      var paragraph = FIRST_PARAGRAPH.matcher(read(folder.resolve("package-info.java")));
      var name = folder.toString().replaceAll(".*/dev/rig/credentials/", "").replace('/', '.');
      sentences.put(name, paragraph.find() ? words(paragraph.group(1)) : "");
    }
    return sentences;
  }

  private static String words(String comment) {
    return comment.replace("\n *", " ").replaceAll("\\s+", " ").strip();
  }

  private static String lines(Map<String, String> map) {
    return map.entrySet().stream()
        .map(row -> row.getKey() + ": " + row.getValue())
        .collect(Collectors.joining("\n"));
  }

  private static java.util.stream.Stream<Path> files() {
    var found = new ArrayList<Path>();
    for (var module : List.of("helper", "daemon")) {
      try (var walk = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        walk.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found.stream().sorted(Comparator.naturalOrder());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
