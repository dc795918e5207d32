package dev.rig.credentials.dev;

import org.jspecify.annotations.Nullable;

/** A failure of the development registry; the message is for people, without a secret. */
public final class DevException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates a failure with its message. */
  public DevException(String message) {
    super(message);
  }

  /** Creates a failure with its message and cause. */
  public DevException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
