package dev.rig.credentials.credential;

/** A source that gave no credential. Its message is for people and carries no secret. */
public final class SourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SourceException(String message) {
    super(message);
  }
}
