package dev.rig.credentials.request;

/** The outcome of a request in one word: for the audit log and for metrics. */
public enum RequestOutcome {
  /** A credential was returned. */
  FOUND,
  /** No entry or login matches. */
  NOT_FOUND,
  /** An entry matches and has no credential now, or an error occurred. */
  FAILED,
  /** The access rules do not permit it. */
  DENIED,
  /** A login was stored. */
  STORED,
  /** A stored login was removed, or an entry's lease was discarded. */
  ERASED,
  /** A store or erase without effect. */
  UNCHANGED,
  /** The entries and logins were listed. */
  LISTED,
  /**
   * Information without a credential was returned: {@code version}, {@code explain}, {@code
   * status}.
   */
  TOLD,
  /** The request was invalid. */
  REFUSED
}
