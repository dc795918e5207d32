package dev.rig.credentials.socket.bind;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The path and permissions of a socket.
 *
 * @param path the socket's file; made absolute
 * @param mode its permission bits, for example {@code 0660}
 * @param group its group, by name or number; null for the process's own
 * @param limits its limits
 */
public record SocketOptions(Path path, int mode, @Nullable String group, SocketLimits limits) {
  /** Only the daemon's own user (and root) may connect. */
  public static final int PRIVATE = 0600;

  public SocketOptions {
    path = path.toAbsolutePath().normalize();
    if ((mode & ~0777) != 0) {
      throw new IllegalArgumentException("a socket's mode is between 0 and 0777");
    }
  }

  /** Returns options for a private socket with the standard limits. */
  public static SocketOptions at(Path path) {
    return new SocketOptions(path, PRIVATE, null, SocketLimits.standard());
  }

  /** Returns a copy with other limits. */
  public SocketOptions withLimits(SocketLimits other) {
    return new SocketOptions(path, mode, group, other);
  }

  /** Returns a copy with other permissions. */
  public SocketOptions withAccess(int otherMode, @Nullable String otherGroup) {
    return new SocketOptions(path, otherMode, otherGroup, limits);
  }
}
