package dev.rig.credentials.credential;

/**
 * A user name and its secret.
 *
 * @param username never empty; {@code <token>} says that the secret is an identity token
 * @param secret never empty
 */
public record Credential(String username, Secret secret) {
  /** The user name that marks an identity (refresh) token; docker/cli {@code credentials}. */
  public static final String TOKEN_USERNAME = "<token>";

  /**
   * A user name and its secret.
   *
   * @throws IllegalArgumentException when one of them is empty; the message repeats neither
   */
  public Credential {
    if (username.isEmpty() || secret.isEmpty()) {
      throw new IllegalArgumentException("a credential needs a user name and a secret");
    }
  }

  /** Whether the secret is an identity token, which only some clients can carry. */
  public boolean isIdentityToken() {
    return username.equals(TOKEN_USERNAME);
  }

  /** The secret is left out, and the user name with it: some registries' are keys of their own. */
  @Override
  public String toString() {
    return "Credential[redacted]";
  }
}
