package dev.rig.credentials.config.files;

import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.files.ProgramChain;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.files.SearchPath;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.problem.Problem;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reports files and folders that decide what runs and that users other than root and the daemon's
 * user can write (T23); each location once.
 */
public final class WriteChecks {
  private final WriteAccess access;
  private final ProblemCollector findings;
  private final Consumer<Problem> warnings;
  private final Set<Problem> warned = new HashSet<>();
  private final Set<String> searched = new HashSet<>();

  /**
   * Creates the checks of one configuration.
   *
   * @param warnings receives tolerated problems
   */
  public WriteChecks(WriteAccess access, ProblemCollector findings, Consumer<Problem> warnings) {
    this.access = access;
    this.findings = findings;
    this.warnings = warnings;
  }

  /** Checks a file or a folder that is read. */
  void input(Path path, ProblemCollector found) {
    try {
      for (var exposure : access.look(path)) {
        report(
            found,
            exposure,
            SourcePosition.file(exposure.path().toString()),
            exposure.message() + "; it decides what the daemon runs");
      }
    } catch (IOException e) {
      found.addUnread(
          SourcePosition.file(path.toString()),
          "cannot determine who can write it",
          e.getClass().getSimpleName());
    }
  }

  /**
   * Checks the interpreter in a script's first line, and the programs that run this interpreter.
   *
   * @param path the {@code PATH} of the script
   */
  public void script(SourcePosition origin, String text, String path) {
    try {
      for (var program : ProgramChain.ofScript(text, path).all()) {
        used(origin, "the script's interpreter", program.toString());
      }
    } catch (FileSystemException e) {
      unknown(origin, "the script's interpreter", e);
    }
    if (searched.add(path)) {
      SearchPath.folders(path).forEach(folder -> searched(origin, folder));
    }
  }

  /**
   * Warns of a folder in which programs are searched for. It is not refused: a {@code PATH} is
   * inherited, and which of its folders a script needs is unknown.
   */
  private void searched(SourcePosition origin, Path folder) {
    try {
      access
          .additions(folder)
          .ifPresent(exposure ->
              warn(
                  origin,
                  "scripts search for programs in %s: %s %s"
                      .formatted(folder, exposure.path(), exposure.message()),
                  "remove it from PATH"
                      + (exposure.fix().isEmpty() ? "" : ", or: " + exposure.fix())));
    } catch (IOException missing) {
      // Nothing is found in a folder that does not exist.
    }
  }

  /**
   * Checks the shell of scripts, and the programs that run it.
   *
   * @param path the {@code PATH} of the scripts
   */
  public void shell(SourcePosition origin, Path shell, String path) {
    try {
      for (var program : ProgramChain.ofProgram(shell, path).all()) {
        used(origin, program.equals(shell) ? "" : "its interpreter", program.toString());
      }
    } catch (FileSystemException e) {
      unknown(origin, "its interpreter", e);
    }
  }

  private void unknown(SourcePosition origin, String what, FileSystemException e) {
    findings.add(
        origin,
        "%s cannot be checked: %s".formatted(what, RegularFile.reason(e)),
        "write the path of the program");
  }

  /**
   * Checks a program or a key. A missing one is not a finding, because it may exist on the daemon's
   * machine, unless another user could create it.
   *
   * @param what a description for people; empty if the location says it
   * @param file its absolute path
   */
  public void used(SourcePosition origin, String what, String file) {
    try {
      for (var exposure : access.lookAhead(Path.of(file))) {
        var message = WriteAccess.about(file, exposure.path() + " " + exposure.message());
        report(findings, exposure, origin, (what + " " + message).strip());
      }
    } catch (IOException | InvalidPathException unusable) {
      // A program that cannot be run is reported when it is used.
    }
  }

  private void report(
      ProblemCollector found,
      WriteAccess.Exposure exposure,
      SourcePosition origin,
      String message) {
    if (!exposure.tolerated()) {
      found.add(origin, message, exposure.fix());
      return;
    }
    warn(origin, message, exposure.fix());
  }

  private void warn(SourcePosition origin, String message, String fix) {
    var warning = new Problem(origin.file(), origin.line(), origin.column(), message, fix);
    if (warned.add(warning)) {
      warnings.accept(warning);
    }
  }
}
