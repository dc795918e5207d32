package dev.rig.credentials.dev;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import java.security.SecureRandom;
import java.util.Base64;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** The login of a development registry. */
final class DevLogin {
  private static final String USERNAME = "rig-dev";
  private static final int PASSWORD = 24;
  private static final int SALT = 16;

  /** A low cost, so that requests are fast: a password of 192 random bits cannot be guessed. */
  private static final int BCRYPT_COST = 5;

  private DevLogin() {}

  /** Creates a login. */
  static Credential login(SecureRandom random) {
    var bytes = new byte[PASSWORD];
    random.nextBytes(bytes);
    return new Credential(
        USERNAME, Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
  }

  /**
   * Returns the login's line: bcrypt in the form that registries accept, version 2y, as htpasswd -B
   * writes it.
   */
  static String line(Credential login, SecureRandom random) {
    var salt = new byte[SALT];
    random.nextBytes(salt);
    return login.username()
        + ":"
        + OpenBSDBCrypt.generate("2y", login.secret().reveal().toCharArray(), salt, BCRYPT_COST);
  }
}
