package dev.rig.credentials.dev;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import java.security.SecureRandom;
import java.util.Base64;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** Who may come into a registry of our own. */
final class DevLogin {
  private static final String USERNAME = "rig-dev";
  private static final int PASSWORD = 24;
  private static final int SALT = 16;

  /** Of a password of 192 random bits nobody tries all: a request is not to take long. */
  private static final int BCRYPT_COST = 5;

  private DevLogin() {}

  /** A new login. */
  static Credential login(SecureRandom random) {
    var bytes = new byte[PASSWORD];
    random.nextBytes(bytes);
    return new Credential(
        USERNAME, Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
  }

  /** Its line: bcrypt in the form that registries take, version 2y, as htpasswd -B writes it. */
  static String line(Credential login, SecureRandom random) {
    var salt = new byte[SALT];
    random.nextBytes(salt);
    return login.username()
        + ":"
        + OpenBSDBCrypt.generate("2y", login.secret().reveal().toCharArray(), salt, BCRYPT_COST);
  }
}
