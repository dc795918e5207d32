package dev.rig.credentials.socket.bind;

/** A listening, non-blocking descriptor. */
public interface ListeningSocket {
  int descriptor();

  /** Closes the descriptor; leaves the file system alone. */
  void close();
}
