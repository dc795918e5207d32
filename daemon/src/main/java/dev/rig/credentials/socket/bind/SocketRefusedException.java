package dev.rig.credentials.socket.bind;

import dev.rig.credentials.problem.Problem;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The socket cannot be opened at its path; the problem has the reason and the next step. */
public final class SocketRefusedException extends RuntimeException {
  static final String OTHER_PATH = "remove it, or choose another path with --socket";

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialised
  private final Problem problem;

  SocketRefusedException(Path path, String message, String hint) {
    this(new Problem(path.toString(), 0, 0, message, hint), null);
  }

  /** Creates the exception with the operating system's reason. */
  SocketRefusedException(Path path, String attempt, IOException failure) {
    this(
        new Problem(
            path.toString(),
            0,
            0,
            attempt + ": " + reason(failure),
            "check the folder's owner and permissions, or choose another path with --socket"),
        failure);
  }

  private SocketRefusedException(Problem problem, @Nullable IOException cause) {
    super(problem.toString(), cause);
    this.problem = problem;
  }

  private static @Nullable String reason(IOException failure) {
    if (failure instanceof FileSystemException known) {
      return known.getReason() == null ? known.getClass().getSimpleName() : known.getReason();
    }
    return failure.getMessage();
  }

  /** Returns the reason, with the path as its file and the next step as its hint. */
  public Problem problem() {
    return problem;
  }
}
