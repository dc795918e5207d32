package dev.rig.credentials.socket.bind;

import dev.rig.credentials.problem.Problem;
import java.nio.file.Path;

/** Another daemon serves at that path (F24); it has not been touched. */
public final class SocketBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // nobody serialises this
  private final Problem problem;

  SocketBusyException(Path path) {
    this(
        new Problem(
            path.toString(),
            0,
            0,
            "another daemon serves this socket",
            "stop it, or choose another path with --socket"));
  }

  private SocketBusyException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  /** Why, with the path as its file and the next step as its hint. */
  public Problem problem() {
    return problem;
  }
}
