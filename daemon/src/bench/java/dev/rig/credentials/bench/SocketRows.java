package dev.rig.credentials.bench;

import dev.rig.credentials.bench.LoadGenerator.Seen;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A cached {@code get} over the socket, compared with the faster of two echo servers. */
final class SocketRows implements Rows {
  private static final int RUNS = 7;
  private static final int ROUNDS = 4;
  private static final int ASKS_A_ROUND = 2_000;
  private static final double MOST_PROCESSOR = 1.3;
  private static final double MOST_MEDIAN = 1.4;
  private static final double MOST_P99 = 1.5;

  /** A server and its socket. */
  record Server(Running process, Path socket) {}

  /** The figures of one server from {@link #RUNS} runs. */
  private record Figures(Sample median, Sample p99, Sample perSecond, Sample processor) {
    Figures() {
      this(new Sample(), new Sample(), new Sample(), new Sample());
    }

    void add(Seen seen, double processorMicros) {
      median.add(seen.median());
      p99.add(seen.p99());
      perSecond.add(seen.perSecond());
      processor.add(processorMicros);
    }
  }

  @Override
  public String title() {
    return "A cached `get` over the socket, connect to close, clients back to back, median of "
        + RUNS
        + " runs";
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var daemon = bench.daemon("d").configured("values.yaml", Workbench.values());
    var servers =
        List.of(
            new Server(daemon.start(), daemon.socket()),
            echo(bench, JnrEchoServer.class),
            echo(bench, JdkEchoServer.class));
    var load = LoadGenerator.in(bench);
    for (var server : servers) {
      load.warmUp(server.socket());
    }
    var rows = new ArrayList<Row>();
    for (int clients : new int[] {1, 8, 64}) {
      var figures = servers.stream().map(_ -> new Figures()).toList();
      for (int run = 0; run < RUNS; run++) {
        for (int i = 0; i < servers.size(); i++) {
          var server = servers.get(i);
          int asks = ASKS_A_ROUND / clients;
          double before = processorMicros(server);
          var seen = load.run(ROUNDS, clients, asks, server.socket()).getFirst();
          int answers = (ROUNDS + LoadGenerator.WARM_UP) * clients * asks;
          figures.get(i).add(seen, (processorMicros(server) - before) / answers);
        }
      }
      var many = clients == 1 ? "1 client, " : clients + " clients, ";
      add(
          rows,
          many + "processor time of the server",
          figures,
          f -> f.processor().median(),
          MOST_PROCESSOR);
      add(rows, many + "median", figures, f -> f.median().median(), MOST_MEDIAN);
      add(rows, many + "99th percentile", figures, f -> f.p99().median(), MOST_P99);
      rows.add(
          Row.beside(
              many + "answers together",
              Unit.PER_SECOND,
              figures.get(0).perSecond().median(),
              "the faster of two echo servers (jnr-unixsocket, JDK)",
              Math.max(figures.get(1).perSecond().median(), figures.get(2).perSecond().median()),
              new Aim.None()));
    }
    return rows;
  }

  private static void add(
      List<Row> rows,
      String measured,
      List<Figures> figures,
      ToDoubleFunction<Figures> figure,
      double most) {
    double onJnr = figure.applyAsDouble(figures.get(1));
    double onJdk = figure.applyAsDouble(figures.get(2));
    rows.add(
        Row.beside(
            measured,
            Unit.MICROS,
            figure.applyAsDouble(figures.get(0)),
            onJnr < onJdk
                ? "an echo server on jnr-unixsocket"
                : "an echo server on the JDK's sockets",
            Math.min(onJnr, onJdk),
            new Aim.Ratio(most)));
  }

  /**
   * Returns the processor time of all threads so far: proc(5), {@code schedstat}, in nanoseconds.
   */
  private static double processorMicros(Server server) throws java.io.IOException {
    double nanos = 0;
    try (var threads = Files.list(Path.of("/proc/" + pid(server) + "/task"))) {
      for (var thread : threads.toList()) {
        nanos +=
            Double.parseDouble(Files.readString(thread.resolve("schedstat")).split(" ", -1)[0]);
      }
    }
    return nanos / 1_000;
  }

  private static long pid(Server server) {
    return server.process().pid();
  }

  /** Starts one of the echo servers; returns when it listens. */
  static Server echo(Workbench bench, Class<?> server) {
    var socket = bench.folder().resolve(server.getSimpleName());
    var words = Workbench.onDaemonsJvm(server, socket);
    var running = bench.reaper().own(Command.of(words.toArray()).start());
    Eventually.within(Duration.ofSeconds(20), () -> Files.exists(socket), running::stderr);
    return new Server(running, socket);
  }
}
