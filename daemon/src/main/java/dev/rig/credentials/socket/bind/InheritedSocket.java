package dev.rig.credentials.socket.bind;

import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.linux.UnixAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A listening Unix socket that this process inherited, as sd_listen_fds(3) describes: {@code
 * LISTEN_PID} is this process and {@code LISTEN_FDS} the number of descriptors from 3, which {@code
 * LISTEN_FDNAMES} names. The descriptor named {@code credentials} is used, otherwise the first.
 *
 * <p>The parent process keeps the socket too, and passes it to the next daemon: clients that
 * connect in the meantime wait in its queue (F33). The file must not be watched or removed here.
 *
 * @param descriptor its number
 * @param path its file
 */
public record InheritedSocket(int descriptor, Path path) implements SocketBinding {
  private static final int FIRST = 3;
  private static final String NAME = "credentials";

  /**
   * Returns the inherited socket; empty if absent.
   *
   * @param environment the process's variables
   * @throws SocketRefusedException if the descriptor is not a listening Unix socket with a path
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
    if (option(descriptor, LibC.SO_ACCEPTCONN) != 1
        || option(descriptor, LibC.SO_TYPE) != LibC.SOCK_STREAM) {
      throw refused(descriptor, "is not a listening stream socket", "ListenStream=");
    }
    return UnixAddress.pathOf(descriptor)
        .map(path -> Path.of(path).toAbsolutePath().normalize())
        .orElseThrow(
            () -> refused(descriptor, "is not a Unix socket with a path", "ListenStream=/run/…"));
  }

  /** Returns the value of an option; -1 if it is unavailable. */
  private static int option(int descriptor, int name) {
    var value = LibC.memory(Integer.BYTES);
    var length = LibC.memory(Integer.BYTES);
    length.putInt(0, Integer.BYTES);
    int result = LibC.getsockopt(descriptor, LibC.SOL_SOCKET, name, value, length);
    return result == 0 ? value.getInt(0) : -1;
  }

  private static SocketRefusedException refused(int descriptor, String what, String wanted) {
    return new SocketRefusedException(
        Path.of("LISTEN_FDS"),
        "the inherited descriptor " + descriptor + " " + what,
        "give the socket unit " + wanted + ", or start the daemon without it");
  }

  @Override
  public ListeningSocket bind() {
    int flags = LibC.fcntl(descriptor, LibC.F_GETFL, 0);
    LibC.fcntl(descriptor, LibC.F_SETFL, flags | LibC.O_NONBLOCK);
    LibC.fcntl(descriptor, LibC.F_SETFD, LibC.FD_CLOEXEC);
    return ListeningSocket.of(descriptor);
  }

  @Override
  public boolean isIntact() {
    return true;
  }

  @Override
  public void release() {
    // The file stays for the next daemon.
  }
}
