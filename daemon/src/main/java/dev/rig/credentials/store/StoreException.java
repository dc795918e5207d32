package dev.rig.credentials.store;

/** A file or key that cannot be used. Its message is for people and carries no secret. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
