package dev.rig.credentials.request;

/** How a request came out, in one word: for the audit and for metrics. */
public enum RequestOutcome {
  /** A credential was handed out. */
  FOUND,
  /** Nothing matches. */
  NOT_FOUND,
  /** An entry matches and has no credential now, or something broke. */
  FAILED,
  /** The access rules do not let the peer. */
  DENIED,
  /** A login was stored. */
  STORED,
  /** A stored login was removed, or an entry's lease dropped. */
  ERASED,
  /** A store or erase that had nothing to change. */
  UNCHANGED,
  /** The entries and logins were shown. */
  LISTED,
  /** Something without a credential was told: {@code version}, {@code explain}, {@code status}. */
  TOLD,
  /** The request was no request, or not a fit one. */
  REFUSED
}
