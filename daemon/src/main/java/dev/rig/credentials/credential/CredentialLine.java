package dev.rig.credentials.credential;

import java.util.Optional;

/**
 * A credential as one line {@code USERNAME:PASSWORD}, split at the first colon: the output of a
 * registry entry's script.
 */
public final class CredentialLine {
  private CredentialLine() {}

  /** Returns why the credential cannot be such a line, without its text; empty if it can. */
  public static Optional<String> refusal(Credential credential) {
    if (credential.isIdentityToken()) {
      return Optional.of(
          "the credential is an identity token (<token>), which is not a user name with a"
              + " password");
    }
    if (credential.username().indexOf(':') >= 0) {
      return Optional.of("the user name contains a colon, where the line is split");
    }
    return broken("user name", credential.username())
        .or(() -> broken("password", credential.secret().reveal()));
  }

  private static Optional<String> broken(String what, String text) {
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
      return Optional.of("the " + what + " contains a line break");
    }
    return text.indexOf('\0') >= 0
        ? Optional.of("the " + what + " contains a NUL character")
        : Optional.empty();
  }

  /** Returns the line without a line break; only for a credential without a refusal. */
  public static String of(Credential credential) {
    return credential.username() + ":" + credential.secret().reveal();
  }
}
