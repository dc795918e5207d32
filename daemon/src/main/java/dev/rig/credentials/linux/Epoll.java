package dev.rig.credentials.linux;

import jnr.constants.platform.Errno;
import jnr.ffi.Pointer;

/**
 * epoll(7), level-triggered, for one thread.
 *
 * <p>jnr-enxio's own selector calls poll(2) for every channel and then scans all keys, so that each
 * idle connection slows every request; {@code SocketBenchmark} prints by how much.
 */
public final class Epoll implements AutoCloseable {
  public static final int IN = 0x001;
  public static final int OUT = 0x004;
  static final int ERR = 0x008;
  static final int HUP = 0x010;

  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int MODIFY = 3;
  private static final int BATCH = 256;

  private final int fd;
  // struct epoll_event is packed on amd64 only: linux/eventpoll.h, EPOLL_PACKED.
  private final int tokenOffset = "amd64".equals(System.getProperty("os.arch")) ? 4 : 8;
  private final int eventSize = tokenOffset + 8;
  private final Pointer change = LibC.memory(16);
  private final Pointer ready = LibC.memory(16 * BATCH);

  /**
   * Creates an instance.
   *
   * @throws IllegalStateException if the system has no free descriptor
   */
  public Epoll() {
    fd = LibC.epoll_create1(LibC.EPOLL_CLOEXEC);
    if (fd < 0) {
      throw new IllegalStateException("epoll_create1: " + LibC.lastError());
    }
  }

  /** Watches a descriptor; hang-ups and errors are always reported. */
  public void add(int watched, int interest, long token) {
    control(ADD, watched, interest, token);
  }

  void modify(int watched, int interest, long token) {
    control(MODIFY, watched, interest, token);
  }

  void remove(int watched) {
    control(DELETE, watched, 0, 0);
  }

  private void control(int operation, int watched, int interest, long token) {
    change.putInt(0, interest);
    change.putLongLong(tokenOffset, token);
    if (LibC.epoll_ctl(fd, operation, watched, change) < 0) {
      throw new IllegalStateException("epoll_ctl: " + LibC.lastError());
    }
  }

  /**
   * Waits without a timeout; returns the number of events, 0 after a signal.
   *
   * @throws InternalError if the kernel reports an error: this instance cannot be used any more
   */
  public int await() {
    int count = LibC.epoll_wait(fd, ready, BATCH, -1);
    if (count < 0) {
      Errno error = LibC.lastError();
      if (error != Errno.EINTR) {
        throw new InternalError("epoll_wait: " + error);
      }
      return 0;
    }
    return count;
  }

  int events(int index) {
    return ready.getInt((long) index * eventSize);
  }

  long token(int index) {
    return ready.getLongLong((long) index * eventSize + tokenOffset);
  }

  @Override
  public void close() {
    LibC.close(fd);
  }
}
