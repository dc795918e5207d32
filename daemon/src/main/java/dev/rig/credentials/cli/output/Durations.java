package dev.rig.credentials.cli.output;

import java.time.Duration;

/** Lengths of time as the command line prints them: as the status page does. */
public final class Durations {
  private Durations() {}

  public static String text(Duration age) {
    return dev.rig.credentials.time.HumanDuration.text(age);
  }
}
