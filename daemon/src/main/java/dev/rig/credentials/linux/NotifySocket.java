package dev.rig.credentials.linux;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The datagram socket on which a service manager receives a service's state, sd_notify(3). {@code
 * NOTIFY_SOCKET} names it: a path, or an abstract name after {@code @}.
 */
public final class NotifySocket implements AutoCloseable {
  private static final Logger LOG = System.getLogger(NotifySocket.class.getName());

  /** {@code struct timespec}: seconds and nanoseconds. */
  private static final int TIMESPEC = 2 * Long.BYTES;

  private final int descriptor;
  private final UnixAddress address;
  private final AtomicBoolean closed = new AtomicBoolean();

  private NotifySocket(int descriptor, UnixAddress address) {
    this.descriptor = descriptor;
    this.address = address;
  }

  /**
   * Returns the socket that the environment names; empty if it names none, or one that cannot be
   * reached, which is logged.
   *
   * @param environment the process's variables
   */
  public static Optional<NotifySocket> of(Map<String, String> environment) {
    var name = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    if ((path[0] != '/' && path[0] != '@')
        || path.length > UnixAddress.LONGEST
        || path.length == 1) {
      LOG.log(Level.WARNING, "the service manager is not notified: NOTIFY_SOCKET is not a path");
      return Optional.empty();
    }
    int descriptor = LibC.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
      LOG.log(Level.WARNING, "the service manager is not notified: socket: {0}", LibC.lastError());
      return Optional.empty();
    }
    if (path[0] == '@') {
      path[0] = 0;
    }
    return Optional.of(new NotifySocket(descriptor, UnixAddress.of(path)));
  }

  /**
   * Sends a message of lines such as {@code READY=1}. Waits if the manager is slow to read; a
   * failure is logged. Does nothing after {@link #close}.
   */
  public void send(String message) {
    if (closed.get()) {
      return;
    }
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    var buffer = LibC.memory(bytes.length);
    buffer.put(0, bytes, 0, bytes.length);
    long sent =
        LibC.sendto(
            descriptor,
            buffer,
            bytes.length,
            LibC.MSG_NOSIGNAL,
            address.memory(),
            address.length());
    if (sent != bytes.length) {
      LOG.log(Level.WARNING, "the service manager could not be notified: {0}", LibC.lastError());
    }
  }

  /** Returns {@code CLOCK_MONOTONIC} in microseconds, by which the manager orders messages. */
  public static long monotonicMicros() {
    var now = LibC.memory(TIMESPEC);
    LibC.clock_gettime(LibC.CLOCK_MONOTONIC, now);
    return now.getLong(0) * 1_000_000 + now.getLong(Long.BYTES) / 1000;
  }

  /** Closes the socket; closing twice has no effect. */
  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      int _ = LibC.close(descriptor);
    }
  }
}
