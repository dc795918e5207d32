package dev.rig.credentials.dev;

/** Hears how far an upload is. */
@FunctionalInterface
public interface PushProgress {
  /**
   * One layer got further.
   *
   * @param layer its short name
   * @param status the engine's word for what it does: {@code Pushing}, {@code Pushed}
   * @param current bytes so far; 0 where that is not told
   * @param total all its bytes; 0 where that is not told
   */
  void layer(String layer, String status, long current, long total);
}
