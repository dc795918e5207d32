package dev.rig.credentials.credential;

import java.util.Optional;

/**
 * A credential as the one line {@code USERNAME:PASSWORD}, split at the first colon: what the script
 * of a registry entry prints.
 */
public final class CredentialLine {
  private CredentialLine() {}

  /** Why no such line carries it, without its text; empty where one does. */
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

  /** The line, without its end; only for a credential that is not refused. */
  public static String of(Credential credential) {
    return credential.username() + ":" + credential.secret().reveal();
  }
}
