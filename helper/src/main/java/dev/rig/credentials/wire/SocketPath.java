package dev.rig.credentials.wire;

import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Where the socket is: {@code RIG_CREDENTIALS_SOCKET}, else the user's own below {@code
 * XDG_RUNTIME_DIR}, else the machine's.
 */
public final class SocketPath {
  /** Names the socket outright. */
  public static final String VARIABLE = "RIG_CREDENTIALS_SOCKET";

  /** The machine's socket. */
  public static final String MACHINE = "/run/rig-credentials/credentials.sock";

  private static final String BELOW_RUNTIME_DIR = "/rig-credentials/credentials.sock";

  private SocketPath() {}

  /**
   * Where a client asks. The user's own socket counts only where it exists.
   *
   * @param variable the environment: a value, or null where a variable is not set
   * @param exists whether something is at that absolute path
   */
  public static String ofClient(UnaryOperator<String> variable, Predicate<String> exists) {
    return of(variable, exists);
  }

  /**
   * Where a daemon serves: as for a client, but the user's own socket also counts where it is yet
   * to be made, unless the daemon runs as root.
   *
   * @param root whether the daemon runs as root
   */
  public static String ofDaemon(
      UnaryOperator<String> variable, Predicate<String> exists, boolean root) {
    return of(variable, path -> !root || exists.test(path));
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
