package dev.rig.credentials.kube;

/** A request to the API server failed; the message is for people, without a secret. */
public final class KubeApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The class of the failure, which decides how to continue. */
  public enum KubeFailureKind {
    /** No answer in time, or a server error: a retry may succeed. */
    AWAY,
    /** The object has changed since it was read. */
    CONFLICT,
    /** Server-side apply without force: a field is another manager's. */
    FIELD_CONFLICT,
    /** The credential was rejected. */
    UNAUTHORIZED,
    /** The namespace is being deleted and accepts no new objects. */
    ENDING,
    /** The server rejects the request; a retry does not help. */
    REFUSED
  }

  private final KubeFailureKind kind;

  KubeApiException(KubeFailureKind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public KubeFailureKind kind() {
    return kind;
  }

  /** Returns whether the object is in another state than expected; reading it again may help. */
  public boolean isConflict() {
    return kind == KubeFailureKind.CONFLICT || kind == KubeFailureKind.FIELD_CONFLICT;
  }

  /** Returns whether other requests would fail too. */
  public boolean concernsAll() {
    return kind == KubeFailureKind.AWAY || kind == KubeFailureKind.UNAUTHORIZED;
  }
}
