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

/**
 * Prints why a test is skipped, in one line, and keeps it for {@link SkipTable}: in a file for each
 * JVM, in {@code target/skipped} of the module. JUnit finds it by its service file.
 */
public final class SkipListener implements TestExecutionListener {
  private final PrintStream console;
  private final Path file;

  /** What JUnit's launcher calls. */
  public SkipListener() {
    this(
        System.out,
        Path.of(System.getProperty("basedir", ""), "target", "skipped")
            .resolve(ProcessHandle.current().pid() + ".tsv"));
  }

  SkipListener(PrintStream console, Path file) {
    this.console = console;
    this.file = file;
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
