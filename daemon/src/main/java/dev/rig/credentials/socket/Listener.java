package dev.rig.credentials.socket;

/** A listening, non-blocking descriptor. */
interface Listener {
  int descriptor();

  /** Closes the descriptor; leaves the file system alone. */
  void close();
}
