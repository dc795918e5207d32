package dev.rig.credentials.linux;

import java.util.OptionalInt;
import java.util.Set;

/** The users and groups of the machine. Answers may be slow, because the database may be remote. */
public interface UserDatabase {
  /** Returns the uid of that name; empty if it does not exist. */
  OptionalInt userId(String name);

  /** Returns the gid of that name; empty if it does not exist. */
  OptionalInt groupId(String name);

  /** Returns the groups of the user with this uid; empty if there is no such user. */
  Set<Integer> groupsOf(int uid);
}
