package dev.rig.credentials.kube;

/** A failure to create a pull secret, with the reason for people, without a secret. */
public final class PullSecretException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What must change before a retry is useful. */
  public enum Reason {
    /** The request itself. */
    INVALID,
    /** The cluster or the Capsule does not exist. */
    NOT_FOUND,
    /** The peer lacks the permission for one of the images. */
    DENIED,
    /** The operation is not allowed, or only if forced. */
    REFUSED,
    /** An entry has no credential now. */
    NO_CREDENTIAL,
    /** The cluster did not answer, or rejected the request. */
    CLUSTER
  }

  private final Reason reason;

  public PullSecretException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
