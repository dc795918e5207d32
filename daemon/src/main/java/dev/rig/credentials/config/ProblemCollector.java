package dev.rig.credentials.config;

import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.problem.ProblemsException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** Collects the problems of a configuration while it is read. */
public final class ProblemCollector {
  /** The limit of reported problems, so that the report stays readable. */
  private static final int LIMIT = 1_000;

  private final SequencedSet<Problem> problems = new LinkedHashSet<>();
  private final List<Problem> remarks = new ArrayList<>();
  private int count;
  private boolean unread;
  private boolean readFailure;

  public void add(SourcePosition origin, String message, @Nullable String hint) {
    var problem = new Problem(origin.file(), origin.line(), origin.column(), message, hint);
    if (!problems.contains(problem) && ++count <= LIMIT) {
      problems.add(problem);
    }
  }

  /** Adds a remark on a valid setting that is ignored. */
  public void remark(SourcePosition origin, String message, @Nullable String hint) {
    if (remarks.size() < LIMIT) {
      remarks.add(new Problem(origin.file(), origin.line(), origin.column(), message, hint));
    }
  }

  /** Returns the remarks. */
  public List<Problem> remarks() {
    return List.copyOf(remarks);
  }

  /** Adds a problem that hides (the rest of) a file, so that nothing can be reported as missing. */
  public void addUnread(SourcePosition origin, String message, @Nullable String hint) {
    unread = true;
    add(origin, message, hint);
  }

  /** Records that the system failed to read some of the input, which may succeed later. */
  public void readFailed() {
    readFailure = true;
  }

  public void addAll(ProblemCollector others) {
    others.problems.forEach(each ->
        add(
            new SourcePosition(each.file(), each.line(), each.column()),
            each.message(),
            each.hint()));
    unread |= others.unread;
    readFailure |= others.readFailure;
  }

  /** Returns the number of problems so far. */
  public int count() {
    return count;
  }

  /** Returns whether part of the input was not read. */
  public boolean unread() {
    return unread;
  }

  /** Throws an exception with all problems, if there are any. */
  public void throwIfAny() {
    if (count == 0) {
      return;
    }
    var told = new ArrayList<>(problems);
    if (count > LIMIT) {
      var last = problems.getLast();
      var more = (count - LIMIT) + " more problems are not listed";
      told.add(new Problem(last.file(), Integer.MAX_VALUE, 1, more, null));
    }
    throw new ProblemsException(told, readFailure);
  }
}
