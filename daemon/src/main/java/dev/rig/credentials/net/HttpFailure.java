package dev.rig.credentials.net;

import java.io.Serial;

/** Why there is no answer. Its message is for people and has no secret in it. */
public final class HttpFailure extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum HttpFailureKind {
    /** Nothing listens there. */
    NO_LISTENER,
    /** The connection broke, or TLS failed; another try may go well. */
    BROKEN,
    /** The host name is unknown, or a proxy does not forward. */
    UNREACHABLE,
    /** The deadline passed. */
    TOO_SLOW,
    /** TLS was spoken with a certificate that is not trusted. */
    UNTRUSTED,
    /** A rule forbids the request; nothing was sent. */
    REFUSED,
    /** The answer is not valid HTTP, or larger than its bound. */
    INVALID
  }

  private final HttpFailureKind kind;

  public HttpFailure(HttpFailureKind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  static HttpFailure refused(String message) {
    return new HttpFailure(HttpFailureKind.REFUSED, message);
  }

  static HttpFailure invalid(String message) {
    return new HttpFailure(HttpFailureKind.INVALID, message);
  }

  public HttpFailureKind kind() {
    return kind;
  }
}
