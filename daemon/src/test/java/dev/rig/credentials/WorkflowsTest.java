package dev.rig.credentials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What OpenSSF Scorecard checks in workflows, and that each calls scripts that exist. */
class WorkflowsTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..").normalize();
  private static final Pattern USES = Pattern.compile("uses: *(.*)");
  private static final Pattern PINNED = Pattern.compile("[\\w./-]+@[0-9a-f]{40} # v[0-9.]+");
  private static final Pattern SCRIPT =
      Pattern.compile("(?:^|[ \"])((?:\\.ci|daemon/src/build)/[\\w.-]+)");
  private static final Pattern RUN = Pattern.compile("^( *)(?:- )?run: *(.*)$");

  @Test
  void everyActionIsPinnedToACommitWithItsReleaseInAComment() {
    var loose = new ArrayList<String>();
    workflows()
        .forEach((name, text) ->
            USES.matcher(text)
                .results()
                .map(use -> use.group(1))
                .filter(use -> !use.startsWith("./.github/") && !PINNED.matcher(use).matches())
                .forEach(use -> loose.add(name + ": " + use)));
    assertEquals(List.of(), loose);
  }

  @Test
  void tokenCanOnlyReadUnlessAJobSaysOtherwise() {
    workflows()
        .forEach(
            (name, text) -> assertTrue(text.contains("\npermissions:\n  contents: read\n"), name));
  }

  /** Otherwise the text of a pull request would be run as part of the script. */
  @Test
  void noScriptContainsAnExpressionAndNoWorkflowRunsForeignCodeWithRights() {
    var found = new ArrayList<String>();
    workflows()
        .forEach((name, text) -> {
          assertTrue(!text.contains("pull_request_target"), name);
          scripts(text).stream()
              .filter(line -> line.contains("${{"))
              .forEach(line -> found.add(name + ": " + line));
        });
    assertEquals(List.of(), found);
  }

  @Test
  void everyScriptThatAWorkflowCallsExists() {
    var called = new ArrayList<String>();
    workflows()
        .values()
        .forEach(text ->
            scripts(text)
                .forEach(line ->
                    SCRIPT.matcher(line).results().forEach(call -> called.add(call.group(1)))));
    assertTrue(called.size() > 5, called::toString);
    assertEquals(
        List.of(),
        called.stream().filter(script -> !Files.isExecutable(ROOT.resolve(script))).toList());
  }

  /** Returns the lines that a shell runs. */
  private static List<String> scripts(String workflow) {
    var lines = new ArrayList<String>();
    var within = -1;
    for (var line : workflow.lines().toList()) {
      var run = RUN.matcher(line);
      var indent = line.length() - line.stripLeading().length();
      if (run.matches()) {
        within = indent;
        lines.add(run.group(2));
      } else if (within >= 0 && !line.isBlank() && indent <= within) {
        within = -1;
      } else if (within >= 0) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static Map<String, String> workflows() {
    Map<String, String> texts = new TreeMap<>();
    try (var files = Files.newDirectoryStream(ROOT.resolve(".github/workflows"), "*.yml")) {
      for (var file : files) {
        texts.put(file.getFileName().toString(), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertTrue(texts.size() >= 3, texts.keySet()::toString);
    return texts;
  }
}
