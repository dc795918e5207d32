package dev.rig.credentials.linux;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Personal groups: a user's own group with the same name and no other members ({@code
 * USERGROUPS_ENAB} of login.defs(5)).
 */
public final class PersonalGroup {
  /** {@code UID_MIN} of login.defs(5): lower ids are system users. */
  private static final int FIRST_PERSON = 1000;

  // struct passwd and struct group, pwd.h and grp.h
  private static final int NAME_AT = 0;
  private static final int MEMBERS_AT = 3 * Long.BYTES;
  private static final int SHELL_AT = 5 * Long.BYTES;

  /**
   * An account.
   *
   * @param login whether the account permits a login
   */
  record Account(String name, boolean login) {}

  record Members(String name, Set<String> besides) {}

  private PersonalGroup() {}

  /**
   * Returns whether this is the group of a person who runs this process: not that of root, a system
   * user, or a container.
   *
   * @param session whether the process belongs to a user's session
   */
  public static boolean is(int uid, int gid, boolean session) {
    return is(uid, gid, session, account(uid).orElse(null), members(gid).orElse(null));
  }

  static boolean is(
      int uid, int gid, boolean session, @Nullable Account user, @Nullable Members group) {
    if (Integer.compareUnsigned(uid, FIRST_PERSON) < 0) {
      return false;
    }
    if (user == null) {
      return session && group == null && uid == gid;
    }
    return (session || user.login())
        && group != null
        && group.name().equals(user.name())
        && Set.of(user.name()).containsAll(group.besides());
  }

  private static Optional<Account> account(int uid) {
    return SystemUsers.find(
        (struct, buffer, size, result) -> LibC.getpwuid_r(uid, struct, buffer, size, result),
        struct -> Optional.of(new Account(text(struct, NAME_AT), isLogin(text(struct, SHELL_AT)))),
        Optional.empty());
  }

  private static boolean isLogin(String shell) {
    return !shell.endsWith("/nologin") && !shell.endsWith("/false");
  }

  private static Optional<Members> members(int gid) {
    return SystemUsers.find(
        (struct, buffer, size, result) -> LibC.getgrgid_r(gid, struct, buffer, size, result),
        struct -> {
          var members = new HashSet<String>();
          var array = struct.getPointer(MEMBERS_AT);
          for (long at = 0; array.getLongLong(at) != 0; at += Long.BYTES) {
            members.add(array.getPointer(at).getString(0));
          }
          return Optional.of(new Members(text(struct, NAME_AT), members));
        },
        Optional.empty());
  }

  private static String text(Pointer struct, int at) {
    return struct.getPointer(at).getString(0);
  }
}
