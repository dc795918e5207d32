package dev.rig.credentials.bench;

import dev.rig.credentials.config.reader.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Loading configurations, compared with SnakeYAML alone for the same files. */
final class LoadingRows implements Rows {
  /** A file may have 1 MiB (T14), so more entries are in more files. */
  private static final int ENTRIES_A_FILE = 5_000;

  private static final int ROUNDS = 15;
  private static final double MOST = 2;

  /** The fewest entries loaded in a round, so that its duration can be measured. */
  private static final int ENTRIES_A_ROUND = 10_000;

  @Override
  public String title() {
    return "Loading a configuration, median of " + ROUNDS;
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var rows = new ArrayList<Row>();
    for (int entries : new int[] {10, 1_000, 100_000}) {
      rows.add(row(bench.home("values-" + entries), entries));
    }
    return rows;
  }

  private static Row row(Path folder, int entries) throws IOException {
    var files = write(folder, entries);
    var ours = new Sample();
    var theirs = new Sample();
    int times = Math.max(1, ENTRIES_A_ROUND / entries);
    for (int round = -ROUNDS / 3; round < ROUNDS; round++) {
      long began = System.nanoTime();
      for (int i = 0; i < times; i++) {
        expect(entries, ConfigLoader.load(List.of(folder)).registries().size());
      }
      long middle = System.nanoTime();
      for (int i = 0; i < times; i++) {
        expect(files.size(), SnakeYamlReader.compose(files));
      }
      long end = System.nanoTime();
      if (round >= 0) {
        ours.add((middle - began) / 1e3 / times);
        theirs.add((end - middle) / 1e3 / times);
      }
    }
    return Row.beside(
        String.format(Locale.ROOT, "%,d entries", entries),
        Unit.MICROS,
        ours.median(),
        "SnakeYAML's own reading of the same files",
        theirs.median(),
        new Aim.Ratio(MOST));
  }

  /** Writes this many entries into a folder; returns the files. */
  static List<Path> write(Path folder, int entries) throws IOException {
    var files = new ArrayList<Path>();
    for (int first = 0; first < entries; first += ENTRIES_A_FILE) {
      var text = values(first, Math.min(entries, first + ENTRIES_A_FILE));
      files.add(
          Files.writeString(
              folder.resolve(String.format(Locale.ROOT, "values-%06d.yaml", first)), text));
    }
    return files;
  }

  private static void expect(int expected, int found) {
    if (found != expected) {
      throw new IllegalStateException(found + " instead of " + expected);
    }
  }

  private static String values(int first, int end) {
    var text = new StringBuilder("rig:\n  dockerRegistries:\n");
    for (int i = first; i < end; i++) {
      text.append("    registry-").append(i % 1_000).append(".example.com/team-").append(i);
      text.append(
          i % 2 == 0
              ? ":\n      username: bot\n      password: \"p-" + i + "\"\n"
              : ":\n      script: |\n        echo user:" + i + "\n      expire: 1h\n");
    }
    return text.toString();
  }
}
