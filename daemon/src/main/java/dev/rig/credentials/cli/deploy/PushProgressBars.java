package dev.rig.credentials.cli.deploy;

import dev.rig.credentials.cli.output.ByteSizes;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.dev.PushProgress;
import dev.rig.credentials.text.Printable;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A progress bar for each layer that is pushed; without a terminal, a line for each finished layer.
 */
final class PushProgressBars implements PushProgress {
  private static final int WIDTH = 24;

  private final PrintStream err;
  private final boolean terminal;
  private final Map<String, String> bars = new LinkedHashMap<>(); // guarded by this
  private int drawn; // guarded by this

  /**
   * Starts without layers.
   *
   * @param terminal whether standard error is one
   */
  PushProgressBars(PrintStream err, boolean terminal) {
    this.err = Console.raw(err);
    this.terminal = terminal;
  }

  @Override
  public synchronized void layer(String layer, String status, long current, long total) {
    boolean moving = total > 0 && status.equals("Pushing");
    var line = moving ? bar(current, total) : Printable.of(status);
    if (line.equals(bars.put(Printable.of(layer), line)) || (moving && !terminal)) {
      return;
    }
    if (terminal) {
      draw();
    } else if (status.equals("Pushed") || status.endsWith("exists")) {
      err.println(Printable.of(layer + ": " + status));
    }
  }

  private static String bar(long current, long total) {
    int full = (int) (WIDTH * Math.min(current, total) / total);
    return "[%s%s] %s/%s"
        .formatted(
            "#".repeat(full),
            "-".repeat(WIDTH - full),
            ByteSizes.text(current),
            ByteSizes.text(Math.max(current, total)));
  }

  private synchronized void draw() {
    if (drawn > 0) {
      err.print("\033[" + drawn + "A");
    }
    bars.forEach((layer, line) -> err.print("\r\033[K" + layer + ": " + line + "\n"));
    err.flush();
    drawn = bars.size();
  }
}
