package dev.rig.credentials.cli.output;

import java.util.Locale;

/** Formats numbers of bytes as docker does: in powers of 1000, with three digits. */
public final class ByteSizes {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private ByteSizes() {}

  public static String text(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    var number =
        unit == 0 || value >= 100
            ? String.format(Locale.ROOT, "%.0f", value)
            : String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    return number + UNITS[unit];
  }
}
