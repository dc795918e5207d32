package dev.rig.credentials.wire;

import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The path of the socket: {@code RIG_CREDENTIALS_SOCKET}, otherwise the user's own in {@code
 * XDG_RUNTIME_DIR}, otherwise the machine's.
 *
 * <p>The user's own counts from the first start of a daemon there until the end of the session:
 * while that daemon restarts, its socket is absent, but its lock file is not (F41).
 */
public final class SocketPath {
  /** The variable that names the socket. */
  public static final String VARIABLE = "RIG_CREDENTIALS_SOCKET";

  /** The machine's socket. */
  public static final String MACHINE = "/run/rig-credentials/credentials.sock";

  /** The suffix of the file next to a socket that its daemon locks and never removes. */
  public static final String LOCK_SUFFIX = ".lock";

  private static final String BELOW_RUNTIME_DIR = "/rig-credentials/credentials.sock";

  private SocketPath() {}

  /**
   * Returns the socket for a client. The user's own socket counts only if it or its lock file
   * exists.
   *
   * @param variable the environment: a value, or null if a variable is not set
   * @param exists whether a file exists at that absolute path
   */
  public static String ofClient(UnaryOperator<String> variable, Predicate<String> exists) {
    return of(variable, path -> isKnown(path, exists));
  }

  /**
   * Returns the socket for a daemon: as for a client, but the user's own socket also counts before
   * it exists, unless the daemon runs as root.
   *
   * @param root whether the daemon runs as root
   */
  public static String ofDaemon(
      UnaryOperator<String> variable, Predicate<String> exists, boolean root) {
    return of(variable, path -> !root || isKnown(path, exists));
  }

  private static boolean isKnown(String socket, Predicate<String> exists) {
    return exists.test(socket) || exists.test(socket + LOCK_SUFFIX);
  }

  /**
   * Returns whether that is the socket of the user's own daemon, as {@link #ofClient} chooses it if
   * the environment names none.
   */
  public static boolean isUsersOwn(String socket, UnaryOperator<String> variable) {
    String named = variable.apply(VARIABLE);
    return (named == null || named.isEmpty()) && !socket.equals(MACHINE);
  }

  /**
   * Returns whether a client that chooses this socket may choose the user's own one later, which
   * does not exist yet.
   */
  public static boolean awaitsUsersOwn(String socket, UnaryOperator<String> variable) {
    return !socket.equals(of(variable, own -> true));
  }

  private static String of(UnaryOperator<String> variable, Predicate<String> userSocketCounts) {
    String named = variable.apply(VARIABLE);
    if (named != null && !named.isEmpty()) {
      return named;
    }
    String runtime = variable.apply("XDG_RUNTIME_DIR");
    if (runtime != null && !runtime.isEmpty()) {
      String own = runtime + BELOW_RUNTIME_DIR;
      if (userSocketCounts.test(own)) {
        return own;
      }
    }
    return MACHINE;
  }
}
