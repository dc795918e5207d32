package dev.rig.credentials.socket.bind;

import dev.rig.credentials.files.LockFile;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.wire.SocketPath;
import java.io.IOException;
import java.nio.file.Path;

/** The lock file of a socket, locked while a daemon owns the path. */
final class SocketLock {
  private final Path socket;
  private final Path file;
  private final LockFile lock;

  SocketLock(Path socket) {
    this.socket = socket;
    file = socket.resolveSibling(socket.getFileName() + SocketPath.LOCK_SUFFIX);
    lock = new LockFile(file);
  }

  /** Returns whether the lock is held on the file that has the name now. */
  boolean isHeld() {
    return lock.isHeld();
  }

  /**
   * Acquires the lock; acquires it again if its file was removed.
   *
   * @throws SocketBusyException if another daemon holds it
   * @throws SocketRefusedException if the file cannot be opened
   */
  void take() {
    boolean taken;
    try {
      taken = lock.take();
    } catch (IOException e) {
      throw new SocketRefusedException(
          file, RegularFile.reason(e), SocketRefusedException.OTHER_PATH);
    }
    if (!taken) {
      throw new SocketBusyException(socket);
    }
  }

  /** Releases the lock; does nothing if it is not held. */
  void release() {
    lock.release();
  }
}
