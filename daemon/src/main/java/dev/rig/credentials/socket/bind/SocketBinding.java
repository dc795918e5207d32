package dev.rig.credentials.socket.bind;

/** How the daemon gets its listener: by binding a path, or by inheriting a descriptor. */
public interface SocketBinding {
  /**
   * Returns a new listener.
   *
   * @throws SocketBusyException if another daemon serves there
   * @throws SocketRefusedException if it is unavailable
   */
  ListeningSocket bind();

  /** Returns whether clients still reach the newest listener. */
  boolean isIntact();

  /** Removes the newest listener's file, if it still belongs to it, and releases the lock. */
  void release();
}
