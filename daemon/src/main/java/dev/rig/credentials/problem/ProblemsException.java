package dev.rig.credentials.problem;

import java.util.List;
import java.util.stream.Collectors;

/** Invalid input, with all errors. */
public final class ProblemsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // an immutable list of records; never serialised
  private final List<Problem> problems;

  /**
   * Creates the exception.
   *
   * @param problems at least one
   */
  public ProblemsException(List<Problem> problems) {
    super(problems.stream().sorted().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = problems.stream().sorted().toList();
  }

  /** Returns all errors, by file, line and column. */
  public List<Problem> problems() {
    return problems;
  }
}
