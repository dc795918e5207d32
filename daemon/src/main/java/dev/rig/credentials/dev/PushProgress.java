package dev.rig.credentials.dev;

/** Receives the progress of an upload. */
@FunctionalInterface
public interface PushProgress {
  /**
   * Reports the progress of one layer.
   *
   * @param layer its short name
   * @param status the engine's word for its state: {@code Pushing}, {@code Pushed}
   * @param current bytes so far; 0 if unknown
   * @param total all bytes; 0 if unknown
   */
  void layer(String layer, String status, long current, long total);
}
