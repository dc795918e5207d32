package dev.rig.credentials.kube;

/** A pull secret that is not made, with the reason for people, without a secret. */
public final class PullSecretException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What has to change before it is worth trying again. */
  public enum Reason {
    /** The request itself. */
    INVALID,
    /** What it names is not there: the cluster, the Capsule. */
    NOT_FOUND,
    /** Who asks may not ask about one of the images. */
    DENIED,
    /** It is not to be done, or only when it is forced. */
    REFUSED,
    /** An entry has no credential now. */
    NO_CREDENTIAL,
    /** The cluster could not be asked, or would not. */
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
