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
 * Reports how a run of an entry's program ended: to the log with all that is kept of its stderr, to
 * clients with the last line of it. What it printed is in neither.
 */
final class RunReport {
  private static final Logger LOG = System.getLogger(RunReport.class.getName());

  /** In an exception's message; the log has all that is kept. */
  private static final int MAX_STDERR_CHARACTERS = 200;

  private final String entry;
  private final String program;
  private final String rule;
  private final ProcessOutcome outcome;
  private final List<String> stderr;

  /**
   * A report.
   *
   * @param entry the entry's prefix
   * @param program what to call the program
   * @param rule what it must print, for the end of a message
   * @param redactor takes secrets out of its stderr
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

  /** Logs what a program wrote to stderr that did its work. */
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

  /** The failure of a program that said so by its exit status. */
  SourceException failed(String what) {
    return logged(ReasonClass.STATUS, what, "");
  }

  /** The failure of a program whose output is not of the form that it must have. */
  SourceException refused(String what) {
    return logged(ReasonClass.FORM, what, rule);
  }

  /**
   * Logs a failure here and not where the exception ends up: stderr goes no further, and belongs
   * beside it. What the program says of it is the best advice; without that the rule is.
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
