package dev.rig.credentials.wire;

/** Bytes that are no request. Its message is fit for the client and repeats none of the bytes. */
public final class MalformedRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedRequestException(String message) {
    super(message);
  }
}
