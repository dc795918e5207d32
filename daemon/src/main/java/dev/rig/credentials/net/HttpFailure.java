package dev.rig.credentials.net;

import java.io.Serial;

/** Why there is no response. The message is for people and contains no secret. */
public final class HttpFailure extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** The kinds of failures. */
  public enum HttpFailureKind {
    /** Nothing listens there. */
    NO_LISTENER,
    /** The connection broke, or TLS failed; a retry may succeed. */
    BROKEN,
    /** The host name is unknown, or a proxy does not forward. */
    UNREACHABLE,
    /** The deadline passed. */
    TOO_SLOW,
    /** The certificate is not trusted. */
    UNTRUSTED,
    /** A rule forbids the request; nothing was sent. */
    REFUSED,
    /** The response is not valid HTTP, or exceeds the limit. */
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
