package dev.rig.credentials.cli.output;

import java.io.PrintStream;

/** A progress bar on standard error; prints nothing without a terminal. */
public final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 24;
  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintStream err;
  private final boolean shown;
  private final int all;
  private int done; // guarded by this

  /**
   * Creates a bar at zero.
   *
   * @param terminal whether standard error is a terminal
   * @param all the number of steps
   */
  public ProgressBar(PrintStream err, boolean terminal, int all) {
    this.err = Console.raw(err);
    this.all = all;
    shown = terminal && all > 1;
    draw();
  }

  /** Advances by one step. */
  public synchronized void step() {
    done++;
    draw();
  }

  private synchronized void draw() {
    if (shown) {
      int full = WIDTH * done / all;
      err.print("\r[%s%s] %d/%d".formatted("#".repeat(full), "-".repeat(WIDTH - full), done, all));
      err.flush();
    }
  }

  /** Removes the bar, before other output is printed. */
  @Override
  public synchronized void close() {
    if (shown) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }
}
