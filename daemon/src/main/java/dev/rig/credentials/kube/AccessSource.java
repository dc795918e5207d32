package dev.rig.credentials.kube;

/** Where the access to a cluster comes from. Used by one thread at a time. */
interface AccessSource {
  /**
   * The access to use now; may block while a script runs.
   *
   * @throws PullSecretException when there is none, with the reason
   */
  Access current();

  /** The cluster does not accept it any more. */
  default void rejected() {}
}
