package dev.rig.credentials.linux;

import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import jnr.constants.platform.Errno;
import jnr.ffi.Pointer;

/**
 * The user database of the C library (nsswitch.conf(5)): files, or a directory service. Not
 * thread-safe.
 */
public final class SystemUsers implements UserDatabase {
  private static final int FIRST_BUFFER = 4 * 1024;
  private static final int LARGEST_BUFFER = 4 * 1024 * 1024;
  private static final int FIRST_GROUPS = 64;
  private static final int MOST_GROUPS = 65536; // NGROUPS_MAX of limits.h

  /**
   * {@code struct passwd} and {@code struct group} start with the same fields: two pointers, then
   * the id.
   */
  private static final int STRUCT = 64;

  private static final int NAME_AT = 0;
  private static final int ID_AT = 2 * Long.BYTES;
  private static final int PRIMARY_GROUP_AT = ID_AT + Integer.BYTES;

  /** A call such as getpwnam_r(3). */
  interface Call {
    int into(Pointer struct, Pointer buffer, long size, Pointer result);
  }

  /** Reads the result of a call from memory that is freed afterwards. */
  interface RecordReader<T> {
    T read(Pointer struct);
  }

  static <T> T find(Call call, RecordReader<T> reader, T none) {
    for (int size = FIRST_BUFFER; size <= LARGEST_BUFFER; size *= 4) {
      var struct = LibC.memory(STRUCT);
      var buffer = LibC.memory(size);
      var result = LibC.memory(Long.BYTES);
      int error = call.into(struct, buffer, size, result);
      if (error != Errno.ERANGE.intValue()) {
        boolean found = error == 0 && result.getLongLong(0) != 0;
        T value = found ? reader.read(struct) : none;
        buffer.putByte(0, (byte) 0); // keeps the buffer alive until the name in it has been read
        return value;
      }
    }
    return none;
  }

  @Override
  public OptionalInt userId(String name) {
    return find(
        (struct, buffer, size, result) -> LibC.getpwnam_r(name, struct, buffer, size, result),
        struct -> OptionalInt.of(struct.getInt(ID_AT)),
        OptionalInt.empty());
  }

  @Override
  public OptionalInt groupId(String name) {
    return find(
        (struct, buffer, size, result) -> LibC.getgrnam_r(name, struct, buffer, size, result),
        struct -> OptionalInt.of(struct.getInt(ID_AT)),
        OptionalInt.empty());
  }

  @Override
  public Set<Integer> groupsOf(int uid) {
    return find(
        (struct, buffer, size, result) -> LibC.getpwuid_r(uid, struct, buffer, size, result),
        struct ->
            groupsOf(struct.getPointer(NAME_AT).getString(0), struct.getInt(PRIMARY_GROUP_AT)),
        Set.of());
  }

  private Set<Integer> groupsOf(String name, int primary) {
    int room = FIRST_GROUPS;
    while (true) {
      var groups = LibC.memory(room * Integer.BYTES);
      var count = LibC.memory(Integer.BYTES);
      count.putInt(0, room);
      if (LibC.getgrouplist(name, primary, groups, count) >= 0) {
        var found = new HashSet<Integer>();
        for (int i = 0; i < count.getInt(0); i++) {
          found.add(groups.getInt((long) i * Integer.BYTES));
        }
        return found;
      }
      if (room >= MOST_GROUPS) {
        return Set.of(primary);
      }
      room = Math.min(MOST_GROUPS, Math.max(room * 4, count.getInt(0)));
    }
  }
}
