package dev.rig.credentials.socket.bind;

import dev.rig.credentials.linux.LibC;

/** A listening, non-blocking descriptor. */
public record ListeningSocket(int descriptor) {
  /** Closes the descriptor; leaves the file system alone. */
  public void close() {
    int _ = LibC.close(descriptor);
  }
}
