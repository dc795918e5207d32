package dev.rig.credentials.kube;

/** The API server did not do what it was asked; the message is for people, without a secret. */
public final class KubeApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What follows from it. */
  public enum KubeFailureKind {
    /** Nobody answered in time, or with an error of the server's: the same may do later. */
    AWAY,
    /** The object has changed since it was read. */
    CONFLICT,
    /** Server-side apply without force: a field is another manager's. */
    FIELD_CONFLICT,
    /** The credential is not accepted. */
    UNAUTHORIZED,
    /** The namespace is being deleted, so nothing new is let into it. */
    ENDING,
    /** The server will not do it, and will not do it later either. */
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

  /** Whether the object is not what it was taken for; another look may help. */
  public boolean isConflict() {
    return kind == KubeFailureKind.CONFLICT || kind == KubeFailureKind.FIELD_CONFLICT;
  }

  /** Whether other requests would fare no better now. */
  public boolean concernsAll() {
    return kind == KubeFailureKind.AWAY || kind == KubeFailureKind.UNAUTHORIZED;
  }
}
