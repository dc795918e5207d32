package dev.rig.credentials.socket.bind;

import dev.rig.credentials.files.FileId;
import dev.rig.credentials.linux.LibC;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.constants.platform.Errno;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A socket file of this daemon: locked, checked, bound with private permissions, then opened with
 * the configured mode (T6, T8).
 */
public final class PathBinding implements SocketBinding {
  /** The size of {@code sun_path} of unix(7), without its final NUL. */
  private static final int LONGEST = 107;

  private static final int NOT_FOR_OTHERS = 0177;

  /** The mask belongs to the whole process, so only one binding may change it at a time. */
  private static final Object UMASK = new Object();

  private record Bound(ListeningSocket socket, FileId file) {}

  private final SocketOptions options;
  private final Path path;
  private final SocketFolder folder;
  private final SocketLock lock;
  private @Nullable Bound bound;

  /**
   * Creates a binding without a socket.
   *
   * @throws SocketRefusedException if the path is invalid for a socket
   */
  public PathBinding(SocketOptions options) {
    this.options = options;
    path = options.path();
    checkName();
    folder = new SocketFolder(options);
    lock = new SocketLock(path);
  }

  private void checkName() {
    if (path.getFileName() == null) {
      throw new SocketRefusedException(
          path, "is not the name of a file", SocketRefusedException.OTHER_PATH);
    }
    String name = path.toString();
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST) {
      throw new SocketRefusedException(
          path,
          "the path has " + length + " bytes, and a Unix socket's at most " + LONGEST,
          "choose a shorter one with --socket");
    }
    if (length != name.length()) {
      // Clients with a locale of another encoding would open another file.
      throw new SocketRefusedException(
          path, "the path is not plain ASCII", "choose a plain ASCII path with --socket");
    }
  }

  @Override
  public ListeningSocket bind() {
    boolean fresh = bound == null;
    try {
      folder.prepare();
      lock.take();
      if (bound == null || !isOurs(bound)) {
        clear();
        bound = bindFile();
      }
      return bound.socket();
    } finally {
      if (fresh && bound == null) {
        lock.release();
      }
    }
  }

  /** Ensures that no file has the name; deletes only a dead socket. */
  private void clear() {
    try {
      var existing = FileId.of(path);
      if (existing.isEmpty()) {
        return;
      }
      if (!existing.get().isSocket()) {
        throw new SocketRefusedException(
            path,
            "is " + existing.get().kind() + ", not a socket",
            SocketRefusedException.OTHER_PATH);
      }
      if (isAlive()) {
        throw new SocketBusyException(path);
      }
      Files.deleteIfExists(path);
    } catch (IOException failure) {
      throw new SocketRefusedException(path, "cannot remove the stale socket", failure);
    }
  }

  private boolean isAlive() throws IOException {
    try (var probe = UnixSocketChannel.create()) {
      probe.configureBlocking(false);
      try {
        // A pending connection means a full backlog, so a process listens.
        boolean _ = probe.connect(new UnixSocketAddress(path.toString()));
        return true;
      } catch (IOException failure) {
        Errno error = LibC.lastError();
        if (error == Errno.ECONNREFUSED || error == Errno.ENOENT) {
          return false;
        }
        throw new SocketRefusedException(
            path,
            "cannot determine whether a daemon serves it: " + error,
            SocketRefusedException.OTHER_PATH);
      }
    }
  }

  private Bound bindFile() {
    UnixServerSocketChannel channel = null;
    boolean done = false;
    try {
      channel = UnixServerSocketChannel.open();
      channel.configureBlocking(false);
      LibC.fcntl(channel.getFD(), LibC.F_SETFD, LibC.FD_CLOEXEC);
      // Linux creates the file with the descriptor's mode and the mask; either alone makes it
      // private.
      LibC.fchmod(channel.getFD(), SocketOptions.PRIVATE);
      bind(channel);
      if (options.group() != null) {
        SocketGroup.give(path, options.group());
      }
      Files.setAttribute(path, "unix:mode", options.mode());
      FileId file =
          FileId.of(path).orElseThrow(() -> new IOException("it was deleted immediately"));
      done = true;
      return new Bound(new ListeningSocket(channel.getFD(), channel), file);
    } catch (IOException failure) {
      throw new SocketRefusedException(path, "cannot bind", failure);
    } finally {
      if (!done && channel != null) {
        abandon(channel);
      }
    }
  }

  private void bind(UnixServerSocketChannel channel) throws IOException {
    synchronized (UMASK) {
      int before = LibC.umask(NOT_FOR_OTHERS);
      try {
        channel.socket().bind(new UnixSocketAddress(path.toString()), options.limits().backlog());
      } finally {
        LibC.umask(before);
      }
    }
  }

  private void abandon(UnixServerSocketChannel channel) {
    try (channel) {
      if (channel.getLocalSocketAddress() != null) {
        Files.deleteIfExists(path);
      }
    } catch (IOException lost) {
      // Only the earlier failure is reported.
    }
  }

  @Override
  public boolean isIntact() {
    return bound != null && isOurs(bound) && lock.isHeld();
  }

  private boolean isOurs(Bound listener) {
    try {
      // While the socket is open the kernel keeps its inode, so no other file has the number.
      return FileId.of(path).filter(listener.file()::isSameFile).isPresent();
    } catch (IOException unreadable) {
      return false;
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** Must be called while the listener is open; afterwards another file may have its inode. */
  @Override
  public void release() {
    try {
      if (bound != null && isOurs(bound)) {
        Files.deleteIfExists(path);
      }
    } catch (IOException stays) {
      // The next daemon finds it dead and removes it.
    } finally {
      bound = null;
      lock.release();
    }
  }
}
