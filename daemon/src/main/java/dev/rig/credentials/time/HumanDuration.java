package dev.rig.credentials.time;

import java.time.Duration;

/** Formats durations as the Rig platform's tables do. */
public final class HumanDuration {
  private HumanDuration() {}

  /** Returns {@code 45s}, {@code 12m 3s}, {@code 36h 10m} up to two days, then {@code 7d 23h}. */
  public static String text(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m " + seconds % 60 + "s";
    }
    if (seconds < 48 * 3600) {
      return seconds / 3600 + "h " + seconds / 60 % 60 + "m";
    }
    return seconds / 86_400 + "d " + seconds / 3600 % 24 + "h";
  }
}
