package dev.rig.credentials.problem;

import java.util.List;
import java.util.stream.Collectors;

/** Input that cannot be used, with everything that is wrong with it. */
public final class ProblemsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // an immutable list of records; nobody serialises this
  private final List<Problem> problems;

  /**
   * Everything that is wrong.
   *
   * @param problems at least one
   */
  public ProblemsException(List<Problem> problems) {
    super(problems.stream().sorted().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = problems.stream().sorted().toList();
  }

  /** Everything that is wrong, by file, line and column. */
  public List<Problem> problems() {
    return problems;
  }
}
