package dev.rig.credentials.linux;

import java.util.OptionalInt;
import java.util.Set;

/** What the machine knows of users and groups. Its answers may take long: it may be far away. */
public interface UserDatabase {
  /** The uid of that name; empty where there is none. */
  OptionalInt userId(String name);

  /** The gid of that name; empty where there is none. */
  OptionalInt groupId(String name);

  /** The groups that the user with this uid is in; empty where there is no such user. */
  Set<Integer> groupsOf(int uid);
}
