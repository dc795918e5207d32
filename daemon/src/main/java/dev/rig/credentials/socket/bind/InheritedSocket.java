package dev.rig.credentials.socket.bind;

import dev.rig.credentials.linux.LibC;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * A listening Unix socket that this process was started with, as sd_listen_fds(3) has it: {@code
 * LISTEN_PID} is this process and {@code LISTEN_FDS} the number of descriptors from 3 on, which
 * {@code LISTEN_FDNAMES} names. The one named {@code credentials} is taken, or else the first.
 *
 * @param descriptor its number
 * @param path its file
 */
public record InheritedSocket(int descriptor, Path path) {
  private static final int FIRST = 3;
  private static final String NAME = "credentials";

  /** {@code struct sockaddr_un}: the family in two bytes, then the path. */
  private static final int ADDRESS = 110;

  private static final int FAMILY = Short.BYTES;

  /**
   * The socket that this process was started with; empty where there is none.
   *
   * @param environment the process's variables
   * @throws SocketRefusedException when the descriptor is no listening Unix socket with a path
   */
  public static Optional<InheritedSocket> of(Map<String, String> environment) {
    var pid = environment.getOrDefault("LISTEN_PID", "");
    int count = number(environment.getOrDefault("LISTEN_FDS", ""));
    if (count < 1 || !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
      return Optional.empty();
    }
    var names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
    int descriptor = FIRST;
    for (int i = 0; i < Math.min(count, names.length); i++) {
      if (names[i].equals(NAME)) {
        descriptor = FIRST + i;
        break;
      }
    }
    return Optional.of(new InheritedSocket(descriptor, pathOf(descriptor)));
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static Path pathOf(int descriptor) {
    LibC libc = LibC.instance();
    if (option(descriptor, LibC.SO_ACCEPTCONN) != 1
        || option(descriptor, LibC.SO_TYPE) != LibC.SOCK_STREAM) {
      throw refused(descriptor, "is not a listening stream socket", "ListenStream=");
    }
    Pointer address = Memory.allocateDirect(LibC.runtime(), ADDRESS, true);
    Pointer length = Memory.allocateDirect(LibC.runtime(), Integer.BYTES, true);
    length.putInt(0, ADDRESS);
    if (libc.getsockname(descriptor, address, length) != 0
        || address.getShort(0) != LibC.AF_UNIX
        || length.getInt(0) <= FAMILY
        || address.getByte(FAMILY) == 0) {
      throw refused(descriptor, "is not a Unix socket with a path", "ListenStream=/run/…");
    }
    var bytes = new byte[Math.min(length.getInt(0), ADDRESS) - FAMILY];
    address.get(FAMILY, bytes, 0, bytes.length);
    var text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return Path.of(end < 0 ? text : text.substring(0, end)).toAbsolutePath().normalize();
  }

  /** The value of an option; -1 where it cannot be had. */
  private static int option(int descriptor, int name) {
    Pointer value = Memory.allocateDirect(LibC.runtime(), Integer.BYTES, true);
    Pointer length = Memory.allocateDirect(LibC.runtime(), Integer.BYTES, true);
    length.putInt(0, Integer.BYTES);
    int result = LibC.instance().getsockopt(descriptor, LibC.SOL_SOCKET, name, value, length);
    return result == 0 ? value.getInt(0) : -1;
  }

  private static SocketRefusedException refused(int descriptor, String what, String wanted) {
    return SocketRefusals.refused(
        Path.of("LISTEN_FDS"),
        "the inherited descriptor " + descriptor + " " + what,
        "give the socket unit " + wanted + ", or start the daemon without it");
  }
}
