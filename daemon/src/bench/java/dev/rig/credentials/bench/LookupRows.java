package dev.rig.credentials.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Lookups of the longest prefix among growing numbers of entries, by JMH. */
final class LookupRows implements Rows {
  private static final double MICROSECOND = 1_000;

  /** Less than a byte per operation is JMH's own. */
  private static final double NO_BYTES = 1;

  private record Score(double nanos, double bytes) {}

  @Override
  public String title() {
    return "Longest prefix of a key, JMH";
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var options =
        new OptionsBuilder()
            .include(LookupBenchmark.class.getName())
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .build();
    var scores = new TreeMap<Integer, Map<String, Score>>();
    for (RunResult result : new Runner(options).run()) {
      var primary = result.getPrimaryResult();
      scores
          .computeIfAbsent(
              Integer.valueOf(result.getParams().getParam("entries")), n -> new TreeMap<>())
          .put(primary.getLabel(), new Score(primary.getScore(), bytes(result)));
    }
    var rows = new ArrayList<Row>();
    scores.forEach((entries, of) -> add(rows, String.format(Locale.ROOT, "%,d", entries), of));
    return rows;
  }

  private static double bytes(RunResult result) {
    return result.getSecondaryResults().entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
        .mapToDouble(entry -> entry.getValue().getScore())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("JMH's profiler says nothing"));
  }

  private static void add(List<Row> rows, String entries, Map<String, Score> of) {
    var find = of.get("find");
    var whole = of.get("normaliseAndFind");
    var normalise = of.get("normalise");
    rows.add(
        beside(
            entries + " entries: find",
            find,
            "a walk down a `TreeMap`",
            of.get("treeMapWalk"),
            new Aim.Most(MICROSECOND)));
    rows.add(
        beside(
            entries + " entries: find",
            find,
            "a linear scan",
            of.get("linearScan"),
            new Aim.None()));
    rows.add(
        beside(
            entries + " entries: normalise and find",
            whole,
            "normalise alone",
            normalise,
            new Aim.Most(MICROSECOND)));
    rows.add(
        Row.beside(
            entries + " entries: bytes allocated to find",
            Unit.BYTES,
            find.bytes(),
            "a walk down a `TreeMap`",
            of.get("treeMapWalk").bytes(),
            new Aim.Most(NO_BYTES)));
  }

  private static Row beside(String measured, Score ours, String peer, Score peers, Aim aim) {
    return Row.beside(measured, Unit.NANOS, ours.nanos(), peer, peers.nanos(), aim);
  }
}
