package dev.rig.credentials.socket.bind;

import dev.rig.credentials.problem.Problem;
import java.nio.file.Path;

/** Another daemon serves that path (F24); it was not changed. */
public final class SocketBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialised
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

  /** Returns the reason, with the path as its file and the next step as its hint. */
  public Problem problem() {
    return problem;
  }
}
