package dev.rig.credentials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts and comments are plain technical English, as in the manuals of kubectl and gh: phrases that
 * a reader must read twice do not occur. CONTRIBUTING.md has the alternatives.
 */
class WordsTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..").normalize();

  private static final Pattern PHRASES =
      Pattern.compile(
          "\\b(?:stderr tells|cannot be had|can be had|is not well|not well:|anew|who asks|whoever"
              + " asks|somebody else|without further ado|moment of chance|has to be|is to"
              + " be|yes-or-no|half a character|those that there are|nobody to ask|wants to be left"
              + " alone|tells everything that is wrong|beside|besides|whoever|somebody|is told|are"
              + " told|was told|had to be|are to be|if there is none|without a word|knows no)\\b",
          Pattern.CASE_INSENSITIVE);

  /** Further phrases that a comment must not contain. */
  private static final Pattern IN_COMMENTS =
      Pattern.compile(
          PHRASES.pattern()
              + "|\\b(?:who asks?|whoever|somebody|anybody|nobody|everybody|have to be|had to"
              + " be|are to be|where there is none|if there is none|where there are"
              + " none|beside|besides|for none|be it|told|at once|from now on|by its own word|how"
              + " it does|what comes of|for want of|goes? on|without a word)\\b",
          Pattern.CASE_INSENSITIVE);

  /** Code in a comment, such as the user {@code nobody}, and names of parameters. */
  private static final Pattern NOT_WORDS =
      Pattern.compile("\\{@\\w+ [^}]*}|@(?:param|link|throws) \\S+|<[^>]*>|`[^`]*`");

  /** Text literals, also of several lines, and comments. */
  private static final Pattern TOKENS =
      Pattern.compile(
          "(?s)//[^\n"
              + "]*|/\\*.*?\\*/|\"\"\".*?\"\"\"|\"(?:[^\"\\\\\n"
              + "]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)'");

  private static final Pattern JOINT = Pattern.compile("\"\\s*\n\\s*\\+ \"");

  @Test
  void textsOfTheProgramsContainNoListedPhrase() {
    var found = new ArrayList<String>();
    for (var file : files("helper/src/main/java", ".java", "daemon/src/main/java", ".java")) {
      var source = JOINT.matcher(read(file)).replaceAll("");
      TOKENS
          .matcher(source)
          .results()
          .map(token -> token.group())
          .filter(token -> token.startsWith("\"") && PHRASES.matcher(token).find())
          .forEach(token -> found.add(ROOT.relativize(file) + ": " + token));
    }
    assertEquals(List.of(), found);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "helper/src/main/java",
        "daemon/src/main/java",
        "helper/src/test/java",
        "daemon/src/test/java",
        "daemon/src/bench/java"
      })
  void commentsContainNoListedPhrase(String folder) {
    var found = new ArrayList<String>();
    for (var file : files(folder, ".java")) {
      TOKENS
          .matcher(read(file))
          .results()
          .map(token -> token.group())
          .filter(token -> token.startsWith("/"))
          .filter(WordsTest::isUnplain)
          .forEach(comment -> found.add(ROOT.relativize(file) + ": " + comment));
    }
    assertEquals(List.of(), found);
  }

  /** Shows that the test of the comments can fail. */
  @Test
  void aPhraseThatIsWrappedOverTwoLinesOfACommentIsFound() {
    var comment = "/** Returns the name; null where there\n   * is none. {@code nobody}\n   */";
    assertTrue(isUnplain(comment));
    assertFalse(isUnplain("/** Runs as {@code nobody}. */"));
  }

  private static boolean isUnplain(String comment) {
    var line = comment.replaceAll("\\n\\s*(?:\\*|//)?\\s*", " ");
    return IN_COMMENTS.matcher(NOT_WORDS.matcher(line).replaceAll(" ")).find();
  }

  @Test
  void theManualContainsNoListedPhrase() {
    var found = new ArrayList<String>();
    for (var file :
        files(
            "daemon/docs",
            ".md",
            "sidecar-chart",
            ".md",
            "sidecar-chart",
            ".yaml",
            "sidecar-chart",
            ".txt",
            "sidecar-chart",
            ".tpl",
            "daemon/src/main/resources",
            ".1",
            "daemon/src/main/resources",
            ".5",
            "systemd",
            "")) {
      read(file)
          .lines()
          .filter(line -> PHRASES.matcher(NOT_WORDS.matcher(line).replaceAll(" ")).find())
          .forEach(line -> found.add(ROOT.relativize(file) + ": " + line.strip()));
    }
    for (var name : List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")) {
      read(ROOT.resolve(name))
          .lines()
          .filter(line -> PHRASES.matcher(NOT_WORDS.matcher(line).replaceAll(" ")).find())
          .forEach(line -> found.add(name + ": " + line.strip()));
    }
    assertEquals(List.of(), found);
  }

  private static List<Path> files(String... foldersAndEndings) {
    var files = new ArrayList<Path>();
    for (int i = 0; i < foldersAndEndings.length; i += 2) {
      var ending = foldersAndEndings[i + 1];
      try (Stream<Path> all = Files.walk(ROOT.resolve(foldersAndEndings[i]))) {
        all.filter(Files::isRegularFile)
            .filter(file -> file.toString().endsWith(ending))
            .forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
