package dev.rig.credentials.cli.output;

import java.time.Duration;

/** Formats durations as the status page does. */
public final class Durations {
  private Durations() {}

  public static String text(Duration age) {
    return dev.rig.credentials.time.HumanDuration.text(age);
  }
}
