package dev.rig.credentials.config;

/** How an entry uses the service-account token of a kubelet's request. */
public enum ServiceAccountUse {
  /** Its script runs only for a request with a token. */
  REQUIRED,
  /** Its script gets the token if there is one. */
  OPTIONAL,
  /** Its script never sees a token. */
  IGNORED
}
