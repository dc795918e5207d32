package dev.rig.credentials.wire;

import java.util.Optional;

/**
 * The action of a request: its first word.
 *
 * <p>{@code get}, {@code store}, {@code erase}, {@code list} and {@code version} are the actions of
 * docker-credential-helpers. {@code userpass} is a {@code get} whose answer is the line {@code
 * USERNAME:PASSWORD}, as a platform's {@code script} prints it. {@code kubelet} carries a
 * CredentialProviderRequest. {@code explain} and {@code status} are for this project's own command
 * line; their answers are JSON without a secret.
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

  /** Returns the word on the wire, in lower case. */
  public String word() {
    return word;
  }

  /** Returns the action with that word; empty for any other word, also in another case. */
  public static Optional<Action> of(String word) {
    for (Action action : values()) {
      if (action.word.equals(word)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }
}
