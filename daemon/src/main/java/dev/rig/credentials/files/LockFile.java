package dev.rig.credentials.files;

import dev.rig.credentials.linux.NonBlockingFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file that a process locks until it ends, to own something exclusively. Not thread-safe.
 *
 * <p>The lock is that of flock(2), which belongs to the open file. A lock of the JDK belongs to the
 * process, which loses it when any code closes that file. The file stays when the process ends: if
 * it were removed, two processes could lock two files with the same name.
 */
public final class LockFile {
  private static final int ATTEMPTS = 3;

  private final Path file;
  private @Nullable NonBlockingFile held;

  public LockFile(Path file) {
    this.file = file;
  }

  /** Returns whether the lock is held on the file that has the name now. */
  public boolean isHeld() {
    try {
      return holds();
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** Returns whether the name belongs to another file than the one whose lock is held. */
  public boolean isReplaced() {
    return held != null && !isHeld() && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  private boolean holds() throws IOException {
    if (held == null) {
      return false;
    }
    var named = FileId.of(file);
    var locked = FileId.behind(held.path());
    return named.isPresent() && locked.isPresent() && named.get().isSameFile(locked.get());
  }

  /**
   * Acquires the lock; acquires it again if its file was removed.
   *
   * @return false if another process holds it
   * @throws FileSystemException if the file cannot be opened or locked; the reason is for people
   */
  public boolean take() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS && !holds(); attempt++) {
      check(FileId.of(file));
      var opened = NonBlockingFile.toLock(file);
      boolean locked = false;
      try {
        check(FileId.behind(opened.path()));
        locked = opened.lock();
      } finally {
        if (!locked) {
          opened.close();
        }
      }
      if (!locked) {
        return false;
      }
      release();
      held = opened;
    }
    if (!holds()) {
      throw refused("another process keeps replacing this lock file");
    }
    return true;
  }

  private void check(Optional<FileId> id) throws IOException {
    if (id.isPresent() && !id.get().isRegularFile()) {
      throw refused("is " + id.get().kind() + ", not a regular file");
    }
  }

  private FileSystemException refused(String reason) {
    return new FileSystemException(file.toString(), null, reason);
  }

  /** Releases the lock; does nothing if it is not held. */
  public void release() {
    if (held != null) {
      held.close();
      held = null;
    }
  }
}
