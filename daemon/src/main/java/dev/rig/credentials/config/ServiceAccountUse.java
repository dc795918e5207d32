package dev.rig.credentials.config;

/** What an entry does with the service-account token of a kubelet's request. */
public enum ServiceAccountUse {
  /** Its script runs only for a request that brings a token. */
  REQUIRED,
  /** Its script gets the token where there is one. */
  OPTIONAL,
  /** Its script never sees a token. */
  IGNORED
}
