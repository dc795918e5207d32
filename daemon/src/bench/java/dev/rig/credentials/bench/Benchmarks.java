package dev.rig.credentials.bench;

import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Measures the built distribution and its peers alternately in one run, and prints Markdown.
 * Figures are medians; a ratio is more meaningful on another machine than a figure.
 */
public final class Benchmarks {
  private static final List<Rows> GROUPS =
      List.of(
          new ProcessRows(),
          new EcrRows(),
          new CallRows(),
          new PluginRows(),
          new SocketRows(),
          new IdleRows(),
          new LookupRows(),
          new LoadingRows(),
          new StampedeRows(),
          new StartRows(),
          new ResidentRows(),
          new LargeRows(),
          new PullRows(),
          new ResolveRows(),
          new ConnectionRows(),
          new FleetRows());

  /** The load above which figures are unreliable. */
  private static final double IDLE_LOAD = 0.5;

  private final PrintStream out;
  private final MarkdownTable table;
  private int aims;
  private int missed;

  private Benchmarks(PrintStream out) {
    this.out = out;
    this.table = new MarkdownTable(out);
  }

  /** Measures the groups with these class names, or {@code all}. */
  public static void main(String[] arguments) throws Exception {
    var wanted = Arrays.asList((arguments.length == 0 ? "all" : arguments[0]).split(",", -1));
    var benchmarks = new Benchmarks(System.out);
    benchmarks.printMachine();
    for (var group : GROUPS) {
      if (wanted.contains("all") || wanted.contains(group.getClass().getSimpleName())) {
        benchmarks.run(group);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d aims: %d met, %d missed.%n",
        benchmarks.aims,
        benchmarks.aims - benchmarks.missed,
        benchmarks.missed);
    System.exit(0); // a library may have left threads
  }

  private void printMachine() throws IOException {
    var load = Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0];
    if (Double.parseDouble(load) > IDLE_LOAD) {
      System.err.printf(
          Locale.ROOT,
          "Warning: the load is %s. Wait until it is below %.1f: other programs change the"
              + " figures.%n",
          load,
          IDLE_LOAD);
    }
    out.printf(
        Locale.ROOT,
        "%n%s, %s, %d cores, %,d MiB, load %s at the start.%n%n",
        LocalDate.now(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        Runtime.getRuntime().availableProcessors(),
        memory(),
        load);
  }

  private static long memory() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
      var total = lines.findFirst().orElse("").replaceAll("[^0-9]", "");
      return Long.parseLong(total) / 1024;
    }
  }

  private void run(Rows group) throws Exception {
    var folder = Files.createTempDirectory("rb-");
    List<Row> rows;
    try (var reaper = new Reaper()) {
      rows = group.measure(new Workbench(folder, reaper));
    } catch (TestAbortedException e) {
      rows = List.of(Row.missing("not measured", String.valueOf(e.getMessage())));
    } catch (AssertionFailedError | RuntimeException e) {
      rows = List.of(Row.missing("failed", String.valueOf(e)));
    } finally {
      delete(folder);
    }
    for (var row : rows) {
      var met = row.met();
      aims += met == null ? 0 : 1;
      missed += met == null || met ? 0 : 1;
    }
    table.print(group.title(), rows);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
