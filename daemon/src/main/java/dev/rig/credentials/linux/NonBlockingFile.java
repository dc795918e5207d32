package dev.rig.credentials.linux;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import jnr.constants.platform.Errno;
import jnr.constants.platform.OpenFlags;

/**
 * A file that was opened without waiting, whatever it is: open(2) of a FIFO waits for its other
 * end, and the JDK cannot pass {@code O_NONBLOCK}. It is not inherited by programs.
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
   * Opens what is to be read; symbolic links are followed.
   *
   * @throws FileSystemException if that fails
   */
  public static NonBlockingFile toRead(Path file) throws FileSystemException {
    return new NonBlockingFile(file, TO_READ);
  }

  /**
   * Opens what is to be locked, and makes it, for its owner alone, where it is missing. A symbolic
   * link is refused.
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

  /** A path to the file itself, whatever has its name by now. */
  public Path path() {
    return Path.of("/proc/self/fd", Integer.toString(descriptor));
  }

  /**
   * Locks it for as long as it is open.
   *
   * @return false when another process has it locked
   * @throws FileSystemException when its file system has no locks
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
