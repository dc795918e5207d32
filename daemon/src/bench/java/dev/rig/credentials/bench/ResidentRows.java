package dev.rig.credentials.bench;

import dev.rig.credentials.testing.machine.ProcFiles;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The resident memory of a daemon with many entries. */
final class ResidentRows implements Rows {
  private static final int STATIC = 10_000;
  private static final double STATIC_MIB = 90;
  private static final int SCRIPTS = 5_000;
  private static final double SCRIPTS_MIB = 160;

  /** A refresh starts after 80 % of a life: 5,000 entries of 50 s cause 125 runs per second. */
  private static final Duration LIFE = Duration.ofSeconds(50);

  private static final Duration REST = Duration.ofSeconds(5);
  private static final int SAMPLES = 120;
  private static final int CLIENTS = 8;

  @Override
  public String title() {
    return "Resident memory of a daemon with many entries";
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    return List.of(ofStatic(bench), ofScripts(bench));
  }

  private static Row ofStatic(Workbench bench) throws Exception {
    var daemon =
        bench.daemon("s").configured("values.yaml", values(STATIC, "{username: u, password: p%d}"));
    try (var running = daemon.start()) {
      LoadGenerator.in(bench).run(1, CLIENTS, 1_000, daemon.socket());
      Thread.sleep(REST);
      return Row.alone(
          String.format(Locale.ROOT, "%,d static entries, at rest", STATIC),
          Unit.MIB,
          ProcFiles.residentKib(running.pid()) / 1024.0,
          new Aim.Most(STATIC_MIB));
    }
  }

  /** The maximum while each entry is requested once and then refreshed ahead. */
  private static Row ofScripts(Workbench bench) throws Exception {
    var daemon =
        bench
            .daemon("d")
            .configured(
                "values.yaml",
                values(SCRIPTS, "{script: \"echo u:p%d\", expire: " + LIFE.toSeconds() + "s}"));
    try (var running = daemon.start()) {
      var most = new Sample();
      for (int i = 0; i < SAMPLES; i++) {
        most.add(ProcFiles.residentKib(running.pid()) / 1024.0);
        Thread.sleep(Duration.ofSeconds(1));
      }
      return Row.alone(
          String.format(
              Locale.ROOT,
              "%,d script entries, each refreshed every %d s: most in %d s",
              SCRIPTS,
              LIFE.toSeconds() * 4 / 5,
              SAMPLES),
          Unit.MIB,
          most.percentile(100),
          new Aim.Most(SCRIPTS_MIB));
    }
  }

  private static String values(int entries, String source) {
    var yaml = new StringBuilder("rig:\n  dockerRegistries:\n");
    for (int i = 0; i < entries; i++) {
      yaml.append("    registry.example.com/team-").append(i).append(": ");
      yaml.append(source.formatted(i)).append("\n");
    }
    return yaml.toString();
  }
}
