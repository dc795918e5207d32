package dev.rig.credentials.bench;

import dev.rig.credentials.testing.Tool;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** How a thousand idle connections slow active clients. */
final class IdleRows implements Rows {
  private static final int ROUNDS = 12;
  private static final int CLIENTS = 8;
  private static final int ASKS_A_ROUND = 4_000;
  private static final int IDLE = 1_000;

  @Override
  public String title() {
    return "A cached `get` over the socket while 1,000 connections are idle, 8 clients";
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    Tool.needRoot("several users' connections");
    var daemon =
        bench
            .daemon("d")
            .configured("values.yaml", Workbench.values())
            .configured("daemon.yaml", "daemon: {socketMode: \"0660\", socketGroup: \"0\"}\n");
    for (var above : List.of(bench.folder(), daemon.folder(), daemon.socket().getParent())) {
      Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwx--x--x"));
    }
    daemon.start();
    var seen =
        LoadGenerator.in(bench)
            .run(
                ROUNDS,
                CLIENTS,
                ASKS_A_ROUND / CLIENTS,
                daemon.socket() + "," + IDLE,
                daemon.socket());
    var loaded = seen.get(0);
    var free = seen.get(1);
    return List.of(
        Row.beside(
            "median, 1,000 idle",
            Unit.MICROS,
            loaded.median(),
            "none idle",
            free.median(),
            new Aim.Ratio(2)),
        Row.beside(
            "99th percentile, 1,000 idle",
            Unit.MICROS,
            loaded.p99(),
            "none idle",
            free.p99(),
            new Aim.Ratio(2)),
        Row.beside(
            "gets a second, 1,000 idle",
            Unit.PER_SECOND,
            loaded.perSecond(),
            "none idle",
            free.perSecond(),
            new Aim.None()));
  }
}
