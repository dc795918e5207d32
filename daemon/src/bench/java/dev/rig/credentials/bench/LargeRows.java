package dev.rig.credentials.bench;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A daemon with 100,000 entries: its start, a reload and a lookup. */
final class LargeRows implements Rows {
  private static final int ENTRIES = 100_000;
  private static final int ROUNDS = 5;
  private static final double START = 1.6;
  private static final double RELOAD = 1.6;
  private static final double LOOKUP = 2.5;
  private static final int ASKS = 2_000;
  private static final String CHANGING = "registry.example.com/team-7";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public String title() {
    return "A daemon with 100,000 entries, medians of " + ROUNDS;
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var folder = bench.home("values");
    LoadingRows.write(folder, ENTRIES);
    change(folder, 0);
    var large = bench.daemon("l").configuredFrom(folder);
    var small = bench.daemon("s").configured("values.yaml", small());
    var rows = new ArrayList<Row>();
    rows.add(start(bench, folder, large));
    large.start();
    small.start();
    rows.add(reload(folder, large));
    var load = LoadGenerator.in(bench);
    load.warmUp(large.socket());
    load.warmUp(small.socket());
    var seen = load.run(ROUNDS, 1, ASKS, large.socket(), small.socket());
    rows.add(
        Row.beside(
            "lookup: a cached `get` over the socket, 1 client, median",
            Unit.MICROS,
            seen.get(0).median(),
            "the same with 10 entries",
            seen.get(1).median(),
            new Aim.Ratio(LOOKUP)));
    return rows;
  }

  private static Row start(Workbench bench, Path folder, DaemonUnderTest daemon) throws Exception {
    var words =
        new ArrayList<Object>(
            List.of(bench.compiled("first"), ROUNDS, bench.request(), daemon.socket()));
    words.addAll(daemon.serve().words());
    var ours = Workbench.figures(Command.of(words.toArray())).getFirst()[0];
    var theirs = new Sample();
    for (int i = 0; i < ROUNDS; i++) {
      long began = System.nanoTime();
      Command.of(Workbench.onDaemonsJvm(SnakeYamlReader.class, folder, 1).toArray())
          .run()
          .succeeded();
      theirs.add((System.nanoTime() - began) / 1e6);
    }
    return Row.beside(
        "start: exec to first answer",
        Unit.MILLIS,
        ours,
        "a process that reads the same files with SnakeYAML alone",
        theirs.median(),
        new Aim.Ratio(START));
  }

  /** From the change of a file to the new answer, which includes the daemon's check interval. */
  private static Row reload(Path folder, DaemonUnderTest daemon) throws Exception {
    var ours = new Sample();
    for (int round = 1; round <= ROUNDS; round++) {
      var expected = "\"Secret\":\"changed-" + round + "\"";
      change(folder, round);
      long began = System.nanoTime();
      Eventually.within(
          PATIENCE,
          () -> daemon.client().get(CHANGING).stdout().contains(expected),
          () -> "the change is applied");
      ours.add((System.nanoTime() - began) / 1e6);
    }
    var read =
        Command.of(Workbench.onDaemonsJvm(SnakeYamlReader.class, folder, ROUNDS + 1).toArray())
            .run()
            .succeeded()
            .stdout()
            .lines()
            .skip(1) // the first one is cold
            .mapToDouble(Double::parseDouble)
            .boxed()
            .toList();
    var theirs = new Sample();
    read.forEach(theirs::add);
    return Row.beside(
        "reload: from the change of a file to the new answer",
        Unit.MILLIS,
        ours.median(),
        "a warm process that reads the same files with SnakeYAML alone",
        theirs.median(),
        new Aim.Ratio(RELOAD));
  }

  /** Half of the entries are scripts: without a spread, all of them would run meanwhile. */
  private static void change(Path folder, int round) throws Exception {
    var next = folder.resolveSibling("next.yaml");
    Files.writeString(
        next,
        "daemon: {prefetchSpread: 24h}\nrig: {dockerRegistries: {%s: {username: u, password: changed-%d}}}\n"
            .formatted(CHANGING, round));
    Files.move(
        next,
        folder.resolve("z-changing.yaml"),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static String small() {
    var yaml = new StringBuilder("rig:\n  dockerRegistries:\n");
    for (int i = 0; i < 10; i++) {
      yaml.append("    registry.example.com/team-").append(i);
      yaml.append(": {username: u, password: p}\n");
    }
    return yaml.toString();
  }
}
