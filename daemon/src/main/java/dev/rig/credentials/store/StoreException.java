package dev.rig.credentials.store;

/** A file or key that cannot be used. The message is for people and contains no secret. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean unread;

  public StoreException(String message) {
    super(message);
    this.unread = false;
  }

  public StoreException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private StoreException(String message, Throwable cause, boolean unread) {
    super(message, cause);
    this.unread = unread;
  }

  /** Returns the failure of a file that the system could not read, and that may be intact. */
  static StoreException unread(String message, Throwable cause) {
    return new StoreException(message, cause, true);
  }

  /** Returns whether the file may be intact: it must not be replaced, but read again later. */
  public boolean isUnread() {
    return unread;
  }
}
