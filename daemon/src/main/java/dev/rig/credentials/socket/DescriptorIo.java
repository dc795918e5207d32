package dev.rig.credentials.socket;

import dev.rig.credentials.linux.LibC;
import jnr.constants.platform.Errno;
import jnr.ffi.Pointer;

/** Reads and writes descriptors without blocking, through shared buffers. */
final class DescriptorIo {
  /** Nothing can be read or written now. */
  static final int LATER = -1;

  /** The connection is broken. */
  static final int BROKEN = -2;

  private static final int CHUNK = 64 * 1024;
  private static final int FLAGS = LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL;

  private final Pointer input = LibC.memory(CHUNK);
  private final Pointer output = LibC.memory(CHUNK);

  /**
   * Reads up to 64 KiB for {@link #take}; returns their number, 0 at the end, or one of the
   * constants.
   */
  int read(int fd) {
    return outcome(LibC.recv(fd, input, CHUNK, LibC.MSG_DONTWAIT));
  }

  /** Copies the bytes of the last {@link #read}. */
  void take(byte[] target, int offset, int length) {
    input.get(0, target, offset, length);
  }

  /** Writes bytes from the offset; returns their number, or one of the constants. */
  int write(int fd, byte[] bytes, int offset) {
    int length = Math.min(CHUNK, bytes.length - offset);
    output.put(0, bytes, offset, length);
    return outcome(LibC.send(fd, output, length, FLAGS));
  }

  void endOutput(int fd) {
    LibC.shutdown(fd, LibC.SHUT_WR);
  }

  /** Closes a descriptor; Linux releases it even if close(2) reports an error. */
  void close(int fd) {
    LibC.close(fd);
  }

  private static int outcome(long result) {
    if (result >= 0) {
      return (int) result;
    }
    Errno error = LibC.lastError();
    return error == Errno.EAGAIN || error == Errno.EWOULDBLOCK || error == Errno.EINTR
        ? LATER
        : BROKEN;
  }
}
