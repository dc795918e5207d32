package dev.rig.credentials.bench;

/** Something to compare with cannot be had on this machine; its message says what. */
final class MissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingException(String message) {
    super(message);
  }
}
