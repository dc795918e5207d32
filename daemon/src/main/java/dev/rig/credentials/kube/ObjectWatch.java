package dev.rig.credentials.kube;

/** A watch of one kind of object that is open. */
public interface ObjectWatch extends AutoCloseable {
  /**
   * Whether the API server serves it now, or is being asked for the first list. One that is not
   * connected tries to be by itself, with no word about what keeps it from that; where the server
   * knows no WebSockets, it counts as connected only once something has arrived.
   */
  boolean isConnected();

  /**
   * What it has come to: another text at least once a minute while the API server serves it or it
   * tries to connect, even if there is no change. One that stays the same hangs.
   */
  String progress();

  /** Ends it; throws nothing. Calls that are under way may still arrive. */
  @Override
  void close();
}
