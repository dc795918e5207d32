package dev.rig.credentials.socket.bind;

import dev.rig.credentials.linux.LibC;
import java.io.Closeable;
import java.io.IOException;

/**
 * A listening, non-blocking descriptor.
 *
 * @param owner closes the descriptor
 */
public record ListeningSocket(int descriptor, Closeable owner) {
  /** Returns a descriptor without another owner. */
  static ListeningSocket of(int descriptor) {
    return new ListeningSocket(
        descriptor,
        () -> {
          int _ = LibC.close(descriptor);
        });
  }

  /** Closes the descriptor without changing the file system. */
  public void close() {
    try {
      owner.close();
    } catch (IOException alreadyReleased) {
      // close(2) has released the descriptor even if it reports an error.
    }
  }
}
