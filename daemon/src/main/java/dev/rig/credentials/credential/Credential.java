package dev.rig.credentials.credential;

/**
 * A user name and its secret.
 *
 * @param username never empty; {@code <token>} marks an identity token
 * @param secret never empty
 */
public record Credential(String username, Secret secret) {
  /** The user name that marks an identity (refresh) token; docker/cli {@code credentials}. */
  public static final String TOKEN_USERNAME = "<token>";

  /**
   * Validates the parts.
   *
   * @throws IllegalArgumentException if one is empty; the message contains neither
   */
  public Credential {
    if (username.isEmpty() || secret.isEmpty()) {
      throw new IllegalArgumentException("a credential needs a user name and a secret");
    }
  }

  /** Returns whether the secret is an identity token, which only some clients support. */
  public boolean isIdentityToken() {
    return username.equals(TOKEN_USERNAME);
  }

  /** Omits the secret and the user name: the user names of some registries are keys too. */
  @Override
  public String toString() {
    return "Credential[redacted]";
  }
}
