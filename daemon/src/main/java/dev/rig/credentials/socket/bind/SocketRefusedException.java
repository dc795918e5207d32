package dev.rig.credentials.socket.bind;

import dev.rig.credentials.problem.Problem;

/** The socket cannot be opened at its path; the problem says why and what to do. */
public final class SocketRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // nobody serialises this
  private final Problem problem;

  public SocketRefusedException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  /** Why, with the path as its file and the next step as its hint. */
  public Problem problem() {
    return problem;
  }
}
