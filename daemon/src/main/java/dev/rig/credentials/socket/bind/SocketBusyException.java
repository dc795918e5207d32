package dev.rig.credentials.socket.bind;

import dev.rig.credentials.problem.Problem;

/** Another daemon serves at that path (F24); it has not been touched. */
public final class SocketBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // nobody serialises this
  private final Problem problem;

  public SocketBusyException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  /** Why, with the path as its file and the next step as its hint. */
  public Problem problem() {
    return problem;
  }
}
