package dev.rig.credentials.bench;

import java.util.Locale;

/** The unit of a figure. */
enum Unit {
  NANOS("%,.0f ns"),
  MICROS("%,.0f µs"),
  MILLIS("%,.1f ms"),
  SECONDS("%,.2f s"),
  MIB("%,.0f MiB"),
  BYTES("%,.0f B"),
  PER_SECOND("%,.0f/s"),
  PERCENT("%.1f %%"),
  TIMES("%,.0f");

  private final String format;

  Unit(String format) {
    this.format = format;
  }

  String text(double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
