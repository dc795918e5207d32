package dev.rig.credentials.linux;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import jnr.constants.platform.Errno;
import jnr.constants.platform.OpenFlags;

/**
 * A file that was opened without waiting: open(2) of a FIFO waits for its other end, and the JDK
 * cannot pass {@code O_NONBLOCK}. Child processes do not inherit it.
 */
public final class NonBlockingFile implements AutoCloseable {
  private static final int ALWAYS =
      OpenFlags.O_CLOEXEC.intValue() | OpenFlags.O_NOCTTY.intValue() | LibC.O_NONBLOCK;
  private static final int TO_READ = ALWAYS | OpenFlags.O_RDONLY.intValue();
  private static final int TO_LOCK =
      ALWAYS
          | OpenFlags.O_RDWR.intValue()
          | OpenFlags.O_CREAT.intValue()
          | OpenFlags.O_NOFOLLOW.intValue();

  private final Path named;
  private final int descriptor;

  private NonBlockingFile(Path named, int flags) throws FileSystemException {
    this.named = named;
    descriptor = LibC.open(named.toString(), flags, 0600);
    if (descriptor < 0) {
      throw failure(LibC.lastError());
    }
  }

  /**
   * Opens a file for reading; follows symbolic links.
   *
   * @throws FileSystemException if that fails
   */
  public static NonBlockingFile toRead(Path file) throws FileSystemException {
    return new NonBlockingFile(file, TO_READ);
  }

  /**
   * Opens a file for locking, and creates it with access for its owner only if it is missing.
   * Rejects a symbolic link.
   *
   * @throws FileSystemException if that fails
   */
  public static NonBlockingFile toLock(Path file) throws FileSystemException {
    return new NonBlockingFile(file, TO_LOCK);
  }

  private FileSystemException failure(Errno error) {
    var name = named.toString();
    return switch (error) {
      case ENOENT -> new NoSuchFileException(name);
      case EACCES -> new AccessDeniedException(name);
      default -> new FileSystemException(name, null, "cannot be opened: " + error);
    };
  }

  /** Returns a path to the opened file, even if its name now refers to another file. */
  public Path path() {
    return Path.of("/proc/self/fd", Integer.toString(descriptor));
  }

  /**
   * Locks the file until it is closed.
   *
   * @return false if another process has locked it
   * @throws FileSystemException if its file system has no locks
   */
  public boolean lock() throws FileSystemException {
    if (LibC.flock(descriptor, LibC.LOCK_EX | LibC.LOCK_NB) >= 0) {
      LibC.fchmod(descriptor, 0600);
      return true;
    }
    var error = LibC.lastError();
    if (error == Errno.EWOULDBLOCK || error == Errno.EAGAIN) {
      return false;
    }
    throw new FileSystemException(
        named.toString(), null, "cannot be locked: " + error + "; a local file system can");
  }

  @Override
  public void close() {
    LibC.close(descriptor);
  }
}
