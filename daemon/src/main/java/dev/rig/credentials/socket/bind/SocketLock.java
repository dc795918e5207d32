package dev.rig.credentials.socket.bind;

import dev.rig.credentials.files.LockFile;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.wire.SocketPath;
import java.io.IOException;
import java.nio.file.Path;

/** The file beside a socket that says, for as long as a daemon lives, that the path is taken. */
final class SocketLock {
  private final Path socket;
  private final Path file;
  private final LockFile lock;

  SocketLock(Path socket) {
    this.socket = socket;
    file = socket.resolveSibling(socket.getFileName() + SocketPath.LOCK_SUFFIX);
    lock = new LockFile(file);
  }

  /** Whether the lock is held on the file that now has the name. */
  boolean isHeld() {
    return lock.isHeld();
  }

  /**
   * Takes the lock; again if its file is gone.
   *
   * @throws SocketBusyException when another daemon holds it
   * @throws SocketRefusedException when the file cannot be opened
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

  /** Gives the lock up; harmless when it is not held. */
  void release() {
    lock.release();
  }
}
