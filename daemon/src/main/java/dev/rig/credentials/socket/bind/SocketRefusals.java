package dev.rig.credentials.socket.bind;

import dev.rig.credentials.problem.Problem;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** The words for what is wrong with a path, and what to do. */
final class SocketRefusals {
  static final String OTHER_PATH = "remove it, or choose another path with --socket";

  private SocketRefusals() {}

  static SocketRefusedException refused(Path path, String message, String hint) {
    return new SocketRefusedException(new Problem(path.toString(), 0, 0, message, hint));
  }

  /** The operating system's own reason. */
  static SocketRefusedException refused(Path path, String attempt, IOException failure) {
    String reason = failure.getMessage();
    if (failure instanceof FileSystemException known) {
      reason = known.getReason() == null ? known.getClass().getSimpleName() : known.getReason();
    }
    var refusal =
        refused(
            path,
            attempt + ": " + reason,
            "check the folder's owner and permissions, or choose another path with --socket");
    refusal.initCause(failure);
    return refusal;
  }

  static SocketBusyException busy(Path path) {
    return new SocketBusyException(
        new Problem(
            path.toString(),
            0,
            0,
            "another daemon serves this socket",
            "stop it, or choose another path with --socket"));
  }
}
