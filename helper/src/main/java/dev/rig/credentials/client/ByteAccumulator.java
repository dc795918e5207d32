package dev.rig.credentials.client;

import java.util.Arrays;

/** A growing buffer of bytes. */
final class ByteAccumulator {
  /** Usually enough for a request, and for an answer without a token. */
  private static final int FIRST_ROOM = 1024;

  private byte[] room = new byte[FIRST_ROOM];
  private int length;

  /** Returns the bytes so far, with room for at least one more after {@link #length}. */
  byte[] room() {
    if (length == room.length) {
      room = Arrays.copyOf(room, room.length * 2);
    }
    return room;
  }

  int length() {
    return length;
  }

  /** Reports that {@code count} bytes were written into the room. */
  void add(int count) {
    length += count;
  }

  /** Returns a copy of all bytes. */
  byte[] all() {
    return Arrays.copyOf(room, length);
  }
}
