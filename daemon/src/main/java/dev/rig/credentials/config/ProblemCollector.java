package dev.rig.credentials.config;

import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.problem.ProblemsException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong while a configuration is read. */
public final class ProblemCollector {
  /** A file full of mistakes must not become a report that nobody can hold. */
  private static final int LIMIT = 1_000;

  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> remarks = new ArrayList<>();
  private int count;
  private boolean unread;

  public void add(SourcePosition origin, String message, @Nullable String hint) {
    var problem = new Problem(origin.file(), origin.line(), origin.column(), message, hint);
    if (!problems.contains(problem) && ++count <= LIMIT) {
      problems.add(problem);
    }
  }

  /** Something that is left out though nothing is wrong with it. */
  public void remark(SourcePosition origin, String message, @Nullable String hint) {
    if (remarks.size() < LIMIT) {
      remarks.add(new Problem(origin.file(), origin.line(), origin.column(), message, hint));
    }
  }

  /** What was left out. */
  public List<Problem> remarks() {
    return List.copyOf(remarks);
  }

  /** A problem that hides (the rest of) a file, so that nothing can be called missing any more. */
  public void addUnread(SourcePosition origin, String message, @Nullable String hint) {
    unread = true;
    add(origin, message, hint);
  }

  public void addAll(ProblemCollector others) {
    others.problems.forEach(each ->
        add(
            new SourcePosition(each.file(), each.line(), each.column()),
            each.message(),
            each.hint()));
    unread |= others.unread;
  }

  /** How many problems there are so far. */
  public int count() {
    return count;
  }

  /** Whether something of the input was never seen. */
  public boolean unread() {
    return unread;
  }

  /** Ends with everything that was found, if anything was. */
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
    throw new ProblemsException(told);
  }
}
