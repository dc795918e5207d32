package dev.rig.credentials.access;

import dev.rig.credentials.wire.Action;

/** What a peer may be let do; in an access rule the same word in lower case. */
public enum Permission {
  GET,
  STORE,
  ERASE,
  /** Also {@code explain} and {@code status}, which show no more than entries and their state. */
  LIST,
  VERSION,
  KUBELET,
  /** The HTTP API of the platform's socket. */
  PLATFORM;

  /** What it takes to ask for that. */
  public static Permission of(Action action) {
    return switch (action) {
      case GET, USERPASS -> GET;
      case STORE -> STORE;
      case ERASE -> ERASE;
      case LIST, EXPLAIN, STATUS -> LIST;
      case VERSION -> VERSION;
      case KUBELET -> KUBELET;
    };
  }
}
