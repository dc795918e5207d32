package dev.rig.credentials.source;

import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.source.process.ProcessOutcome;
import dev.rig.credentials.source.process.ProcessOutcome.CouldNotStart;
import dev.rig.credentials.source.process.ProcessOutcome.Exited;
import dev.rig.credentials.source.process.ProcessOutcome.Flooded;
import dev.rig.credentials.source.process.ProcessOutcome.Stopped;
import dev.rig.credentials.source.process.ProcessOutcome.TimedOut;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reports the end of a run: to the log with all kept stderr, to clients with its last line. Neither
 * contains stdout.
 */
final class RunReport {
  private static final Logger LOG = System.getLogger(RunReport.class.getName());

  /** The limit in an exception's message; the log has more. */
  private static final int MAX_STDERR_CHARACTERS = 200;

  private final String entry;
  private final String program;
  private final String rule;
  private final ProcessOutcome outcome;
  private final List<String> stderr;

  /**
   * Creates a report.
   *
   * @param entry the entry's prefix
   * @param program the program's name for people
   * @param rule what it must print, as the end of a message
   * @param redactor redacts its stderr
   */
  RunReport(
      String entry,
      String program,
      String rule,
      Supplier<Redactor> redactor,
      ProcessOutcome outcome) {
    this.entry = entry;
    this.program = program;
    this.rule = rule;
    this.outcome = outcome;
    var lines = outcome.stderr();
    this.stderr = lines.isEmpty() ? lines : redactor.get().redact(lines);
  }

  /** Logs the stderr of a successful program. */
  void remark() {
    if (!stderr.isEmpty()) {
      LOG.log(Level.INFO, "the {0} of {1} wrote to stderr: {2}", program, entry, joined());
    }
  }

  /** Throws the failure of a run that did not end with status 0. */
  void throwUnlessExitedWith0() {
    switch (outcome.ending()) {
      case Exited(int status) -> {
        if (status != 0) {
          throw failed("exited with status " + status);
        }
      }
      case TimedOut(var after) ->
          throw logged(ReasonClass.TIMEOUT, "was stopped after " + text(after), "");
      case Flooded(int limit) ->
          throw logged(
              ReasonClass.SIZE, "printed more than " + limit / 1024 + " KiB and was stopped", rule);
      case Stopped _ -> throw logged(ReasonClass.STOPPED, "was stopped before its end", "");
      case CouldNotStart(var why) ->
          throw logged(ReasonClass.START, "could not be started: " + why, "");
    }
  }

  /** Returns the failure of a program with a nonzero exit status. */
  SourceException failed(String what) {
    return logged(ReasonClass.STATUS, what, "");
  }

  /** Returns the failure of a program with an invalid output. */
  SourceException refused(String what) {
    return logged(ReasonClass.FORM, what, rule);
  }

  /**
   * Logs a failure here, because stderr is not passed on. The advice is the program's own message;
   * without one, the rule.
   */
  private SourceException logged(ReasonClass reasonClass, String what, String advice) {
    var reason =
        "%s %s%s"
            .formatted(
                program,
                what,
                stderr.isEmpty() ? advice : "; stderr: " + bounded(stderr.getLast()));
    LOG.log(
        Level.WARNING,
        "the {0} of {1} failed: {2}{3}",
        program,
        entry,
        reason,
        reason.endsWith(joined()) ? "" : "; its stderr: " + joined());
    return new SourceException(outcome.inShortage() ? ReasonClass.SHORTAGE : reasonClass, reason);
  }

  private static String bounded(String line) {
    return line.length() <= MAX_STDERR_CHARACTERS
        ? line
        : line.substring(0, MAX_STDERR_CHARACTERS) + "…";
  }

  private String joined() {
    return String.join(" | ", stderr);
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1_000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
