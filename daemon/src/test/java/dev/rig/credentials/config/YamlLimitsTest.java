package dev.rig.credentials.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.config.files.InputFiles;
import dev.rig.credentials.problem.ProblemsException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * T14: each is rejected within a second of processor time. Elapsed time is not measured, because it
 * depends on other processes.
 */
class YamlLimitsTest {
  private static final Duration REFUSED = Duration.ofSeconds(1);

  /** A mebibyte takes less than half a second, more while coverage is recorded. */
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rig: !!java.net.URL [x]",
        "rig: !!str x",
        "rig: !custom {}",
        "rig: ! x",
        "!!map {rig: }",
        "rig: {!!str dockerRegistries: {}}",
        "%TAG ! tag:x,2000:\n--- !x {rig: }",
      })
  void t14_tagIsRefused(String text) {
    assertRefused("tags are not allowed", text);
  }

  @Test
  void t14_aliasesThatMultiplyAreRefused() {
    var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      var aliases = ("*a" + (i - 1) + ",").repeat(9);
      text.append("a" + i + ": &a" + i + " [" + aliases + "]\n");
    }
    assertRefused("the aliases expand to too many values", text + "rig:\n");
  }

  @Test
  void t14_aliasesThatDoubleAreRefused() {
    var text = new StringBuilder("a0: &a0 {x: y}\n");
    for (int i = 1; i < 40; i++) {
      text.append("a%d: &a%d {l: *a%d, r: *a%d}\n".formatted(i, i, i - 1, i - 1));
    }
    assertRefused("the aliases expand to too many values", text + "rig:\n");
  }

  @Test
  void t14_aliasInsideWhatItNamesIsRefused() {
    assertRefused(
        "the alias refers to a value that contains it", "rig: &a {dockerRegistries: {x: *a}}");
    assertRefused("the alias refers to a value that contains it", "rig: &a [*a]");
  }

  @Test
  void t14_aliasWithoutAnchorIsRefused() {
    assertRefused("the alias is undefined", "rig: *canary");
    assertRefused("the alias is undefined", "a: &x y\nrig:\n---\nrig: *x");
  }

  @Test
  void t14_duplicateKeyIsRefusedEvenWhereThePlatformReads() {
    assertRefused("the key is a duplicate (first in line 1)", "rig:\nrig:\n");
    assertRefused(
        "the key is a duplicate (first in line 1)", "x: {y: [{canary: 1, 'canary': 2}]}\nrig:");
  }

  @Test
  void t14_mergeKeyIsRefused() {
    assertRefused("merge keys are not supported", "x: &x {dockerRegistries: {}}\nrig: {<<: *x}");
    assertRefused("merge keys are not supported", "x: &x {rig: {}}\n<<: *x\nrig:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- ", "? ", "[{", "a: ["})
  void t14_deepNestingIsRefused(String opening) {
    assertRefused("", "rig: \n  " + opening.repeat(51));
    assertRefused("", "rig: \n  " + opening.repeat(InputFiles.LARGEST / opening.length() - 10));
  }

  @Test
  void t14_fiftyLevelsAreAllowedAndNotOneMore() {
    var fifty = "x: " + "[".repeat(49) + "]".repeat(49) + "\nrig:";
    assertEquals(List.of(), ConfigTexts.load(folder, fifty).registries());
    assertRefused(
        "nested deeper than 50 levels", "x: " + "[".repeat(50) + "]".repeat(50) + "\nrig:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\", "&a ", "*a ", "a: ", "a: b\n", "'", "-\n", "#", "\t", "|", ">\n", "%", "@", "x",
        " ", "\n", "--- \n", ",", "\"\\x", ":\n", "? a\n"
      })
  void aMebibyteOfAnythingIsReadOrRefusedSoon(String piece) {
    var text = "rig:\n  " + piece.repeat((InputFiles.LARGEST - 10) / piece.length());
    withProcessorTime(SOON, () -> readOrRefuse(text));
  }

  /** Runs an action on a separate thread; fails if it takes more processor time. */
  private static void withProcessorTime(Duration most, Runnable action) {
    var run = new FutureTask<>(action, null);
    var thread = Thread.ofPlatform().daemon().start(run);
    var threads = ManagementFactory.getThreadMXBean();
    try {
      while (!thread.join(Duration.ofMillis(20))) {
        var used = Duration.ofNanos(threads.getThreadCpuTime(thread.threadId()));
        assertTrue(used.compareTo(most) < 0, () -> "used " + used);
      }
      run.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private void readOrRefuse(String text) {
    try {
      assertEquals(List.of(), ConfigTexts.load(folder, text).registries());
    } catch (ProblemsException e) {
      assertTrue(String.valueOf(e.getMessage()).length() < 400_000);
    }
  }

  @Test
  void t14_fileOverAMebibyteIsRefused() {
    assertRefused(
        "a.yaml: the file is larger than 1 MiB", "rig: #" + "x".repeat(InputFiles.LARGEST));
  }

  @Test
  void brokenUtf8IsRefusedAtItsPlace() throws Exception {
    var path = folder.resolve("a.yaml");
    Files.write(
        path,
        new byte[] {'r', 'i', 'g', ':', '\n', ' ', (byte) 0xc3, (byte) 0xa4, (byte) 0xc3, '\n'});
    assertEquals(
        List.of("a.yaml:2:3: not valid UTF-8 (save the file as UTF-8)"),
        ConfigTexts.problemsOf(folder, List.of(path)));
    Files.write(path, new byte[] {'r', 'i', 'g', ':', '\n', (byte) 0xc3});
    assertEquals(
        List.of("a.yaml:2:1: not valid UTF-8 (save the file as UTF-8)"),
        ConfigTexts.problemsOf(folder, List.of(path)));
  }

  @Test
  void controlCharacterIsRefusedAtItsPlace() {
    assertRefused("a.yaml:2:4: a character that YAML does not allow", "rig:\n  a\0b: x");
  }

  @Test
  void tabIsReported() {
    assertRefused("a tab is not allowed here", "rig:\n\tdockerRegistries: {}\n");
  }

  private void assertRefused(String expected, String text) {
    withProcessorTime(
        REFUSED,
        () -> {
          var problems = ConfigTexts.problems(folder, text);
          assertTrue(
              problems.stream().anyMatch(problem -> problem.contains(expected)),
              problems::toString);
          assertTrue(problems.stream().noneMatch(problem -> problem.contains("canary")));
        });
  }
}
