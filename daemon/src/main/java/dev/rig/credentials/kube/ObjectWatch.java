package dev.rig.credentials.kube;

/** An open watch of one kind of object. */
public interface ObjectWatch extends AutoCloseable {
  /**
   * Returns whether the API server serves the watch now, or the first list is pending. A
   * disconnected watch reconnects by itself and does not report why it cannot; without WebSockets
   * it counts as connected only after the first event.
   */
  boolean isConnected();

  /**
   * Returns the watch's progress: a different text at least once a minute while the API server
   * serves it or it tries to connect, even without a change. A watch whose text stays the same
   * hangs.
   */
  String progress();

  /** Ends the watch; never throws. Calls of the listener that are under way may still arrive. */
  @Override
  void close();
}
