package dev.rig.credentials.dev;

import org.jspecify.annotations.Nullable;

/** Something about the development registry failed; the message is for people, without a secret. */
public final class DevException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure with its sentence. */
  public DevException(String message) {
    super(message);
  }

  /** A failure with its sentence and what led to it. */
  public DevException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
