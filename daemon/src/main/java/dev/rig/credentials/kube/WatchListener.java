package dev.rig.credentials.kube;

/**
 * Told what a watch sees: every object of the first list, then {@link #caughtUp}, then each change.
 * Calls arrive in order, one at a time, on any thread, and must not block.
 *
 * @param <T> the object
 */
public interface WatchListener<T> {
  /** The object is there now, in this state. */
  void present(T object);

  /** The object is not there any more. */
  void absent(String namespace, String name);

  /** Everything that was there has been told; also after each later list. */
  void caughtUp();

  /** The watch has ended, and nothing more arrives. */
  void failed(KubeApiException why);
}
