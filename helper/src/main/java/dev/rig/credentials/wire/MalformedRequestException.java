package dev.rig.credentials.wire;

/**
 * Bytes that are not a valid request. The message can be sent to the client and contains none of
 * the bytes.
 */
public final class MalformedRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedRequestException(String message) {
    super(message);
  }
}
