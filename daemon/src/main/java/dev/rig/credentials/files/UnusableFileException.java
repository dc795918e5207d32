package dev.rig.credentials.files;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * A file that is not regular or is too large: unlike other failures, reading it again is no use.
 */
public final class UnusableFileException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  UnusableFileException(Path file, String reason) {
    super(file.toString(), null, reason);
  }
}
