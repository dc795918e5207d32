package dev.rig.credentials.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * {@code struct sockaddr_un} of unix(7): the family in two bytes, then the path.
 *
 * @param length the number of bytes used
 */
public record UnixAddress(Pointer memory, int length) {
  /** The size of {@code sun_path}, including the NUL that a shorter path has. */
  public static final int LONGEST = 108;

  private static final int FAMILY = Short.BYTES;

  /**
   * Returns the address of a path, or of an abstract name, which starts with a NUL.
   *
   * @param path at most {@link #LONGEST} bytes
   */
  public static UnixAddress of(byte[] path) {
    var memory = LibC.memory(FAMILY + LONGEST);
    memory.putShort(0, (short) LibC.AF_UNIX);
    memory.put(FAMILY, path, 0, path.length);
    return new UnixAddress(memory, FAMILY + path.length);
  }

  /** Returns the path that a socket is bound to; empty if it has none, or is not a Unix socket. */
  public static Optional<String> pathOf(int descriptor) {
    var memory = LibC.memory(FAMILY + LONGEST);
    var length = LibC.memory(Integer.BYTES);
    length.putInt(0, FAMILY + LONGEST);
    if (LibC.getsockname(descriptor, memory, length) != 0
        || memory.getShort(0) != LibC.AF_UNIX
        || length.getInt(0) <= FAMILY
        || memory.getByte(FAMILY) == 0) {
      return Optional.empty();
    }
    var bytes = new byte[Math.min(length.getInt(0) - FAMILY, LONGEST)];
    memory.get(FAMILY, bytes, 0, bytes.length);
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return Optional.of(new String(Arrays.copyOf(bytes, end), StandardCharsets.UTF_8));
  }
}
