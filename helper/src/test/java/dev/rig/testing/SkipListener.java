package dev.rig.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints why a test is skipped, in one line, and keeps it for {@link SkipTable}: in a file for each
 * JVM, in {@code target/skipped} of the module. JUnit finds it by its service file.
 */
public final class SkipListener implements TestExecutionListener {
  /** What the files of one Maven run begin with. */
  private static final String RUN = System.getenv().getOrDefault("RIG_TEST_RUN", "");

  private static final Path PROJECT = Path.of(System.getProperty("basedir", "")).resolve("..");

  private final PrintStream console;
  private final Path file;

  /** What JUnit's launcher calls. */
  public SkipListener() {
    this(
        System.out,
        Path.of(System.getProperty("basedir", ""), "target", "skipped")
            .resolve(RUN + "-" + ProcessHandle.current().pid() + ".tsv"));
  }

  SkipListener(PrintStream console, Path file) {
    this.console = console;
    this.file = file;
  }

  /** Integration tests come last: after those of the last module the table is whole. */
  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (plan.countTestIdentifiers(test -> name(test).contains("IT")) > 0) {
      try {
        console.print(
            SkipTable.of(
                SkipTable.read(
                    RUN,
                    PROJECT.resolve("helper/target/skipped"),
                    PROJECT.resolve("daemon/target/skipped"))));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    keep(new Skip(name(test), reason, ""));
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() != TestExecutionResult.Status.ABORTED) {
      return;
    }
    var cause = result.getThrowable().orElse(null);
    if (cause instanceof MissingRequirementException missing) {
      keep(new Skip(name(test), missing.reason(), missing.remedy()));
    } else {
      var message = cause == null ? null : cause.getMessage();
      keep(new Skip(name(test), message == null ? "no reason given" : message, ""));
    }
  }

  private synchronized void keep(Skip skip) {
    console.println(skip.toWords());
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(
          file, List.of(skip.toLine()), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(TestIdentifier test) {
    return test.getSource().map(SkipListener::name).orElseGet(test::getDisplayName);
  }

  private static String name(TestSource source) {
    if (source instanceof MethodSource method) {
      return simple(method.getClassName()) + "." + method.getMethodName();
    }
    return source instanceof ClassSource type ? simple(type.getClassName()) : source.toString();
  }

  private static String simple(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }
}
