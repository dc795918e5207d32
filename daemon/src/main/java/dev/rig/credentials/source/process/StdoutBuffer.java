package dev.rig.credentials.source.process;

import java.io.ByteArrayOutputStream;

/** Keeps a process's output, up to a limit. */
final class StdoutBuffer {
  private final int limit;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
  private boolean overflowed;

  StdoutBuffer(int limit) {
    this.limit = limit;
  }

  /** Appends what fits; returns whether all output so far has fitted. */
  synchronized boolean add(byte[] chunk, int length) {
    int room = Math.min(length, limit - bytes.size());
    bytes.write(chunk, 0, room);
    overflowed |= room < length;
    return !overflowed;
  }

  synchronized boolean overflowed() {
    return overflowed;
  }

  synchronized byte[] bytes() {
    return bytes.toByteArray();
  }
}
