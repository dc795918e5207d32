package dev.rig.credentials.cli;

import java.time.Duration;

/** Lengths of time as the command line prints them: as the status page does. */
final class Ages {
  private Ages() {}

  static String text(Duration age) {
    return dev.rig.credentials.time.Ages.text(age);
  }
}
