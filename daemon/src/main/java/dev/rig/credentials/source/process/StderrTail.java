package dev.rig.credentials.source.process;

import dev.rig.credentials.text.Printable;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Keeps the last lines of a stream of any length, in a fixed amount of memory. */
public final class StderrTail {
  static final int MAX_LINES = 20;
  static final int MAX_BYTES = 4 * 1024;

  private final byte[] ring = new byte[MAX_BYTES];
  private long written;

  synchronized void add(byte[] chunk, int length) {
    for (int i = Math.max(0, length - MAX_BYTES); i < length; i++) {
      ring[(int) ((written + i) % MAX_BYTES)] = chunk[i];
    }
    written += length;
  }

  /**
   * Returns the last lines, oldest first, without a line whose start was lost unless it is the only
   * one.
   */
  synchronized List<String> lines() {
    int kept = (int) Math.min(written, MAX_BYTES);
    var bytes = new byte[kept];
    for (int i = 0; i < kept; i++) {
      bytes[i] = ring[(int) ((written - kept + i) % MAX_BYTES)];
    }
    var text = new String(bytes, StandardCharsets.UTF_8);
    if (written > MAX_BYTES) {
      int newline = text.indexOf('\n');
      if (newline >= 0 && newline < text.length() - 1) {
        text = text.substring(newline + 1);
      }
    }
    var lines = text.lines().map(StderrTail::escape).filter(line -> !line.isBlank()).toList();
    return lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size());
  }

  /** Returns the text in one line that is safe to print; a tab becomes a space. */
  public static String escape(String text) {
    return Printable.of(text.replace('\t', ' '));
  }
}
