package dev.rig.credentials.problem;

import java.util.List;
import java.util.stream.Collectors;

/** Invalid input, with all errors. */
public final class ProblemsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // an immutable list of records; never serialised
  private final List<Problem> problems;

  private final boolean readFailure;

  /**
   * Creates the exception for input that was read.
   *
   * @param problems at least one
   */
  public ProblemsException(List<Problem> problems) {
    this(problems, false);
  }

  /**
   * Creates the exception.
   *
   * @param problems at least one
   * @param readFailure whether the system failed to read some of the input
   */
  public ProblemsException(List<Problem> problems, boolean readFailure) {
    super(problems.stream().sorted().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = problems.stream().sorted().toList();
    this.readFailure = readFailure;
  }

  /**
   * Returns whether the system failed to read some of the input, for example for lack of file
   * descriptors, so that the same input may be valid later.
   */
  public boolean isReadFailure() {
    return readFailure;
  }

  /** Returns all errors, by file, line and column. */
  public List<Problem> problems() {
    return problems;
  }
}
