package dev.rig.credentials.access;

import dev.rig.credentials.wire.Action;

/** What an access rule can permit. The configuration uses the same word in lower case. */
public enum Permission {
  GET,
  STORE,
  ERASE,
  /** Also covers {@code explain} and {@code status}, which show only entries and their state. */
  LIST,
  VERSION,
  KUBELET,
  /** The HTTP API of the platform's socket. */
  PLATFORM;

  /** Returns the permission that an action requires. */
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
