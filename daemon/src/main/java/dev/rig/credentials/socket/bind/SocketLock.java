package dev.rig.credentials.socket.bind;

import dev.rig.credentials.files.FileId;
import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.wire.SocketPath;
import java.io.IOException;
import java.nio.file.Path;
import jnr.constants.platform.Errno;
import jnr.constants.platform.OpenFlags;

/**
 * The file beside a socket that says, for as long as a daemon lives, that the path is taken.
 *
 * <p>It is locked with flock(2), which belongs to the open file: the JDK's locks belong to the
 * process, which loses them when any part of it closes that file. The file stays when the daemon
 * ends; removed, two daemons could hold locks on two files of one name.
 */
final class SocketLock {
  private static final int FLAGS =
      OpenFlags.O_RDWR.intValue()
          | OpenFlags.O_CREAT.intValue()
          | OpenFlags.O_NOFOLLOW.intValue()
          | OpenFlags.O_CLOEXEC.intValue();
  private static final int ATTEMPTS = 3;

  private final Path socket;
  private final Path file;
  private int fd = -1;

  SocketLock(Path socket) {
    this.socket = socket;
    file = socket.resolveSibling(socket.getFileName() + SocketPath.LOCK_SUFFIX);
  }

  /** Whether the lock is held on the file that now has the name. */
  boolean isHeld() {
    try {
      return fd >= 0 && isCurrent(fd);
    } catch (IOException unreadable) {
      return false;
    }
  }

  /**
   * Takes the lock; anew if its file is gone.
   *
   * @throws SocketBusyException when another daemon holds it
   * @throws SocketRefusedException when the file cannot be opened
   */
  void take() {
    for (int attempt = 0; attempt < ATTEMPTS && !isHeld(); attempt++) {
      int opened = open();
      if (LibC.flock(opened, LibC.LOCK_EX | LibC.LOCK_NB) < 0) {
        Errno error = LibC.lastError();
        LibC.close(opened);
        if (error == Errno.EWOULDBLOCK || error == Errno.EAGAIN) {
          throw new SocketBusyException(socket);
        }
        throw new SocketRefusedException(
            file, "cannot lock: " + error, "choose a path on a local file system with --socket");
      }
      LibC.fchmod(opened, 0600);
      release();
      fd = opened;
    }
    if (!isHeld()) {
      throw new SocketRefusedException(
          file,
          "another process keeps replacing this lock file",
          "choose another path with --socket");
    }
  }

  private int open() {
    int opened = LibC.open(file.toString(), FLAGS, 0600);
    if (opened < 0) {
      Errno error = LibC.lastError();
      String message =
          error == Errno.ELOOP ? "is a symbolic link, not a lock file" : "cannot open: " + error;
      throw new SocketRefusedException(file, message, SocketRefusedException.OTHER_PATH);
    }
    return opened;
  }

  private boolean isCurrent(int descriptor) throws IOException {
    var named = FileId.of(file);
    var held = FileId.behind(Path.of("/proc/self/fd", Integer.toString(descriptor)));
    return named.isPresent() && held.isPresent() && named.get().isSameFile(held.get());
  }

  /** Gives the lock up; harmless when it is not held. */
  void release() {
    if (fd >= 0) {
      LibC.close(fd);
      fd = -1;
    }
  }
}
