package dev.rig.credentials.net;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The header of Basic authentication (RFC 7617). */
public final class BasicAuthorization {
  private BasicAuthorization() {}

  public static Secret header(Credential credential) {
    return header(credential.username() + ":" + credential.secret().reveal());
  }

  /** The header for a user, a colon and a password. */
  static Secret header(String login) {
    var bytes = login.getBytes(StandardCharsets.UTF_8);
    return Secret.of("Basic " + Base64.getEncoder().encodeToString(bytes));
  }
}
