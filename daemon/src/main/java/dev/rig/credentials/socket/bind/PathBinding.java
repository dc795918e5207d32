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
 * A socket file of our own: locked, checked, bound for nobody else, then opened as far as it is
 * wanted (T6, T8).
 */
public final class PathBinding implements SocketBinding {
  /** {@code sun_path} of unix(7), less the NUL behind it. */
  private static final int LONGEST = 107;

  private static final int NOT_FOR_OTHERS = 0177;

  /** The mask belongs to the whole process: two bindings at a time would mix theirs up. */
  private static final Object UMASK = new Object();

  private record Bound(ListeningSocket socket, FileId file) {}

  private final SocketOptions options;
  private final Path path;
  private final SocketFolder folder;
  private final SocketLock lock;
  private @Nullable Bound bound;

  /**
   * A binding that holds nothing yet.
   *
   * @throws SocketRefusedException when no socket can have that path
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
      // Clients whose locale has another encoding would look for another file.
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

  /** Makes sure that nothing has the name; what is not a dead socket stays untouched. */
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
        // Also if it is not connected yet, which is a full backlog: a process listens.
        boolean _ = probe.connect(new UnixSocketAddress(path.toString()));
        return true;
      } catch (IOException failure) {
        Errno error = LibC.lastError();
        if (error == Errno.ECONNREFUSED || error == Errno.ENOENT) {
          return false;
        }
        throw new SocketRefusedException(
            path,
            "cannot tell whether a daemon serves it: " + error,
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
      // Linux makes the file with the descriptor's mode and the mask; either alone is private.
      LibC.fchmod(channel.getFD(), SocketOptions.PRIVATE);
      bind(channel);
      if (options.group() != null) {
        SocketGroup.give(path, options.group());
      }
      Files.setAttribute(path, "unix:mode", options.mode());
      FileId file = FileId.of(path).orElseThrow(() -> new IOException("it vanished at once"));
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
      // The failure that led here is the one to report.
    }
  }

  @Override
  public boolean isIntact() {
    return bound != null && isOurs(bound) && lock.isHeld();
  }

  private boolean isOurs(Bound listener) {
    try {
      // While it is open the kernel keeps its inode, so that no other file can have the number.
      return FileId.of(path).filter(listener.file()::isSameFile).isPresent();
    } catch (IOException unreadable) {
      return false;
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** To be called while the listener is still open, or its inode may be another's already. */
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
