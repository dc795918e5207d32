package dev.rig.credentials.bench;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A cached {@code get} over the socket, beside the least that a server can do. */
final class SocketRows implements Rows {
  private static final int ROUNDS = 20;
  private static final int ASKS_A_ROUND = 2_000;
  private static final double MOST = 1.5;
  private static final double MILLISECOND = 1_000;

  @Override
  public String title() {
    return "A cached `get` over the socket, connect to close, clients back to back";
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var daemon = bench.daemon("d").configured("values.yaml", Workbench.values());
    daemon.start();
    var load = LoadGenerator.in(bench);
    var onJnr = started(bench, JnrEchoServer.class);
    var onJdk = started(bench, JdkEchoServer.class);
    var rows = new ArrayList<Row>();
    for (int clients : new int[] {1, 8, 64}) {
      var seen = load.run(ROUNDS, clients, ASKS_A_ROUND / clients, daemon.socket(), onJnr, onJdk);
      var ours = seen.getFirst();
      var many = clients == 1 ? "1 client" : clients + " clients";
      var median = many + ", median";
      rows.add(
          Row.beside(
              median,
              Unit.MICROS,
              ours.median(),
              "a bare echo server on jnr-unixsocket",
              seen.get(1).median(),
              new Aim.Ratio(MOST)));
      rows.add(
          Row.beside(
              median,
              Unit.MICROS,
              ours.median(),
              "the same on the JDK's Unix sockets",
              seen.get(2).median(),
              new Aim.Ratio(MOST)));
      rows.add(
          Row.beside(
              many + ", 99th percentile",
              Unit.MICROS,
              ours.p99(),
              "a bare echo server on jnr-unixsocket",
              seen.get(1).p99(),
              clients == 8 ? new Aim.Most(MILLISECOND) : new Aim.None()));
      rows.add(
          Row.beside(
              many + ", all together",
              Unit.PER_SECOND,
              ours.perSecond(),
              "a bare echo server on jnr-unixsocket",
              seen.get(1).perSecond(),
              new Aim.None()));
    }
    return rows;
  }

  /** One of the echo servers, when it listens. */
  private static Path started(Workbench bench, Class<?> server) {
    var socket = bench.folder().resolve(server.getSimpleName());
    var words = Workbench.onDaemonsJvm(server, socket);
    var running = bench.reaper().own(Command.of(words.toArray()).start());
    Eventually.within(Duration.ofSeconds(20), () -> Files.exists(socket), running::stderr);
    return socket;
  }
}
