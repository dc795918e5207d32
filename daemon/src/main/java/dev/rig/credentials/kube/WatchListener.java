package dev.rig.credentials.kube;

/**
 * Receives the events of a watch: every object of the first list, then {@link #caughtUp}, then each
 * change. Calls arrive in order, one at a time, on any thread, and must not block.
 *
 * @param <T> the object
 */
public interface WatchListener<T> {
  /** Reports that the object exists in this state. */
  void present(T object);

  /** Reports that the object no longer exists. */
  void absent(String namespace, String name);

  /** Reports that all existing objects were reported; also after each later list. */
  void caughtUp();

  /** Reports that the watch has ended; nothing follows. */
  void failed(KubeApiException why);
}
