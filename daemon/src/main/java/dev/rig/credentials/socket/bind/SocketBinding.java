package dev.rig.credentials.socket.bind;

/**
 * How the daemon comes by its listener: by binding a path, or by inheriting a descriptor from who
 * started it.
 */
public interface SocketBinding {
  /**
   * A new listener, ready for clients.
   *
   * @throws SocketBusyException when another daemon serves there
   * @throws SocketRefusedException if it is unavailable
   */
  ListeningSocket bind();

  /** Whether clients still reach this listener, the newest. */
  boolean isIntact();

  /** Takes the newest listener's name away, if it still is its; and whatever else was held. */
  void release();
}
