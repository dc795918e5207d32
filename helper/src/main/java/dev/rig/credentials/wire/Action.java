package dev.rig.credentials.wire;

import java.util.Optional;

/**
 * What a client asks of the daemon: the first word of a request.
 *
 * <p>{@code get}, {@code store}, {@code erase}, {@code list} and {@code version} are the actions of
 * docker-credential-helpers. {@code userpass} is a {@code get} that is answered with the line
 * {@code USERNAME:PASSWORD}, what a platform's {@code script} prints. {@code kubelet} carries a
 * CredentialProviderRequest. {@code explain} and {@code status} are for this project's own command
 * line; they answer JSON without a secret.
 */
public enum Action {
  GET("get"),
  USERPASS("userpass"),
  STORE("store"),
  ERASE("erase"),
  LIST("list"),
  VERSION("version"),
  KUBELET("kubelet"),
  EXPLAIN("explain"),
  STATUS("status");

  private final String word;

  Action(String word) {
    this.word = word;
  }

  /** The word as it stands on the wire, in lower case. */
  public String word() {
    return word;
  }

  /** The action of that word; empty for any other word, also for one in another case. */
  public static Optional<Action> of(String word) {
    for (Action action : values()) {
      if (action.word.equals(word)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }
}
