package dev.rig.credentials.wire;

/** Bytes that are no answer of the daemon, for example because it was cut short. */
public final class MalformedReplyException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedReplyException(String message) {
    super(message);
  }
}
