package dev.rig.credentials.client;

import java.util.Arrays;

/** Bytes that are still coming. */
final class ByteAccumulator {
  /** A question fits as a rule, and an answer without a token; it is memory to be fetched. */
  private static final int FIRST_ROOM = 1024;

  private byte[] room = new byte[FIRST_ROOM];
  private int length;

  /** The bytes so far, with room for at least one more behind {@link #length}. */
  byte[] room() {
    if (length == room.length) {
      room = Arrays.copyOf(room, room.length * 2);
    }
    return room;
  }

  int length() {
    return length;
  }

  /** Says that {@code count} bytes have come into the room. */
  void add(int count) {
    length += count;
  }

  /** A copy of what has come. */
  byte[] all() {
    return Arrays.copyOf(room, length);
  }
}
