package dev.rig.credentials.bench;

import dev.rig.credentials.testing.cloud.Fleet;
import dev.rig.credentials.testing.cloud.Fleet.Load;
import dev.rig.credentials.testing.cloud.Fleet.Measures;
import dev.rig.credentials.testing.cloud.Fleet.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Calls per second of a simulated fleet: with all measures that spread them, and without some. */
final class FleetRows implements Rows {
  private static final Duration SPREAD = Duration.ofHours(1);

  private static final Duration OUTAGE = Duration.ofMinutes(10);

  /** Without a configured spread. */
  private static final Setting SETTING = setting(Duration.ZERO);

  private static final Measures ALL = new Measures(true, true, true);
  private static final long SEED = 1;
  private static final int STORM = 10;

  private record Loads(Load issued, Load restarted) {}

  @Override
  public String title() {
    return String.format(
        Locale.ROOT,
        "Simulated: %,d daemons, one lease of %d h each, a service that allows %d calls a second",
        SETTING.daemons(),
        SETTING.life().toHours(),
        SETTING.allowed());
  }

  @Override
  public List<Row> measure(Workbench bench) {
    var others = new LinkedHashMap<String, Loads>();
    others.put("nothing", loads(new Measures(false, false, false)));
    others.put("jitter alone", loads(new Measures(true, false, false)));
    others.put("warm restart alone", loads(new Measures(false, true, false)));
    others.put("refresh-ahead alone", loads(new Measures(false, false, true)));
    var all = loads(ALL);
    var rows = new ArrayList<Row>();
    rows(rows, "all leases issued at once, then two lives", all, others, Loads::issued);
    rows(rows, "all restarted at once, then one life", all, others, Loads::restarted);
    firstStarts(rows, "each first requested within the day", SETTING.life());
    firstStarts(rows, "each first requested within the hour", SPREAD);
    for (int daemons : new int[] {5_000, 50_000}) {
      scale(rows, daemons);
    }
    return rows;
  }

  /** A fleet whose service allows one call a second for each thousand daemons. */
  private static void scale(List<Row> rows, int daemons) {
    int allowed = daemons / 1_000;
    var what = String.format(Locale.ROOT, "%,d daemons, %d calls a second: ", daemons, allowed);
    var life = SETTING.life();
    var first = new Fleet(new Setting(daemons, life, allowed, SPREAD), ALL, SEED);
    peak(rows, what + "first start", first.afterAFirstStart(life), allowed);
    var fleet = new Fleet(new Setting(daemons, life, allowed, Duration.ZERO), ALL, SEED);
    peak(rows, what + "expiry of all at once", fleet.afterACommonIssue(), allowed);
    peak(rows, what + "restart of all", fleet.afterACommonRestart(), allowed);
    var struck = new Fleet(new Setting(daemons, life, allowed, Duration.ZERO), ALL, SEED);
    var recovery = struck.afterAnOutage(OUTAGE);
    peak(rows, what + "after 10 min without the service", recovery, allowed);
    rows.add(
        Row.alone(
            what + "gets that failed until the refresh window's end",
            Unit.TIMES,
            recovery.failedGets(),
            new Aim.Most(0)));
  }

  private static void peak(List<Row> rows, String what, Load load, int allowed) {
    rows.add(
        Row.alone(
            what + ": most calls in a second",
            Unit.PER_SECOND,
            load.peak(),
            new Aim.Most(2 * allowed)));
  }

  private static Setting setting(Duration spread) {
    return new Setting(5_000, Duration.ofHours(12), 5, spread);
  }

  /** Nothing is cached yet: only a spread, as the chart sets for nodes, separates the daemons. */
  private static void firstStarts(List<Row> rows, String asked, Duration within) {
    var spread = new Fleet(setting(SPREAD), ALL, SEED).afterAFirstStart(within);
    var atOnce = new Fleet(SETTING, ALL, SEED).afterAFirstStart(within);
    var what = "all started at once for the first time with a spread of 1 h, " + asked;
    rows.add(
        Row.beside(
            what + ": most calls in a second",
            Unit.PER_SECOND,
            spread.peak(),
            "without a spread",
            atOnce.peak(),
            new Aim.Most(STORM)));
    rows.add(
        Row.beside(
            what + ": calls refused",
            Unit.PERCENT,
            100 * spread.refusedShare(),
            "without a spread",
            100 * atOnce.refusedShare(),
            new Aim.Most(1)));
  }

  private static Loads loads(Measures measures) {
    var fleet = new Fleet(SETTING, measures, SEED);
    return new Loads(fleet.afterACommonIssue(), fleet.afterACommonRestart());
  }

  private static void rows(
      List<Row> rows,
      String what,
      Loads all,
      Map<String, Loads> others,
      java.util.function.Function<Loads, Load> part) {
    ToDoubleFunction<Loads> peak = loads -> part.apply(loads).peak();
    ToDoubleFunction<Loads> refused = loads -> 100 * part.apply(loads).refusedShare();
    rows(rows, what + ": most calls in a second", Unit.PER_SECOND, all, others, peak, STORM);
    rows(rows, what + ": calls refused", Unit.PERCENT, all, others, refused, 1);
  }

  private static void rows(
      List<Row> rows,
      String measured,
      Unit unit,
      Loads all,
      Map<String, Loads> others,
      ToDoubleFunction<Loads> figure,
      double most) {
    Aim aim = new Aim.Most(most);
    for (var other : others.entrySet()) {
      rows.add(
          Row.beside(
              measured,
              unit,
              figure.applyAsDouble(all),
              other.getKey(),
              figure.applyAsDouble(other.getValue()),
              aim));
      aim = new Aim.None(); // stated once
    }
  }
}
