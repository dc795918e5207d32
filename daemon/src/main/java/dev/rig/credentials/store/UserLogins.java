package dev.rig.credentials.store;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.PrefixTable;
import dev.rig.credentials.image.RegistryPrefix;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The logins of one user. Immutable. */
final class UserLogins {
  private final Map<String, StoredLogin> byName = new LinkedHashMap<>();
  private final PrefixTable<StoredLogin> table;

  /** Creates the logins; the last of several with the same name counts. */
  UserLogins(Collection<StoredLogin> logins) {
    var byPrefix = new LinkedHashMap<RegistryPrefix, StoredLogin>();
    for (var login : logins) {
      byName.put(login.name(), login);
      if (login.prefix() != null) {
        byPrefix.put(login.prefix(), login);
      }
    }
    table = PrefixTable.of(byPrefix);
  }

  Collection<StoredLogin> all() {
    return byName.values();
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  /**
   * Returns the login with exactly that key, otherwise the one with the longest prefix; null if
   * absent.
   */
  @Nullable StoredLogin find(ImageReference reference) {
    var exact = byName.get(reference.name());
    return exact != null || reference.isExactKey() ? exact : table.find(reference);
  }

  /** Returns the number of characters of all logins. */
  int size() {
    return byName.values().stream().mapToInt(UserLogins::size).sum();
  }

  static int size(StoredLogin login) {
    var credential = login.credential();
    return login.key().length()
        + credential.username().length()
        + credential.secret().reveal().length();
  }
}
