package dev.rig.credentials.wire;

/** Bytes that are not a valid answer of the daemon, for example truncated. */
public final class MalformedReplyException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedReplyException(String message) {
    super(message);
  }
}
