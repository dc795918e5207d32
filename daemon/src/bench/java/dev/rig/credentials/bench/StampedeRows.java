package dev.rig.credentials.bench;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.RunCounter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Many simultaneous requests for an entry whose lease has expired. */
final class StampedeRows implements Rows {
  private static final int ROUNDS = 5;
  private static final double MOST_MILLIS = 500;
  private static final double MOST_OF_ECHO = 1.5;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public String title() {
    return "Stampede: clients that ask for one entry whose lease has expired, median of " + ROUNDS;
  }

  /**
   * Each run takes 4 s and prints a token that expires 6 s later. At that time its refresh ahead is
   * under way, and all clients must wait for it.
   */
  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var runs = new RunCounter(bench.folder().resolve("runs"));
    var expiry = bench.folder().resolve("expiry");
    var end = bench.folder().resolve("end");
    var daemon =
        bench
            .daemon("d")
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    registry.example.com:
                      timeout: 60s
                      script: |
                        %s
                        sleep 4
                        expiry=$(($(date +%%s) + 6))
                        payload=$(printf '{"exp":%%s}' $expiry | base64 -w0 | tr -d =)
                        echo ${expiry}000000 > '%s'
                        date +%%s%%6N > '%s'
                        echo "bot:eyJhbGciOiJub25lIn0.$payload."
                """
                    .formatted(runs.shell(), expiry, end));
    daemon.start();
    var load = LoadGenerator.in(bench);
    load.run(1, 1, 1, daemon.socket()); // keeps the entry warm
    var echo = SocketRows.echo(bench, JdkEchoServer.class).socket();
    load.run(1, 8, 1_000, echo); // warms up
    var rows = new ArrayList<Row>();
    for (int clients : new int[] {1_000, 10_000}) {
      var late = new Sample();
      var waited = new Sample();
      int mostRuns = 0;
      for (int round = 0; round < ROUNDS; round++) {
        int before = runs.runs();
        Eventually.within(PATIENCE, () -> runs.runs() > before, () -> "the refresh begins");
        long over = micros(expiry);
        Eventually.within(PATIENCE, () -> nowMicros() > over, () -> "the lease ends");
        var seen = load.run(1, clients, 1, daemon.socket()).getFirst();
        mostRuns = Math.max(mostRuns, runs.runs() - before);
        late.add((seen.last() - micros(end)) / 1_000);
        waited.add(seen.median() / 1_000_000);
      }
      var many = String.format(Locale.ROOT, "%,d clients: ", clients);
      rows.add(Row.alone(many + "runs of the script", Unit.TIMES, mostRuns, new Aim.Most(1)));
      rows.add(
          Row.beside(
              many + "last answer after the script's end",
              Unit.MILLIS,
              late.median(),
              "as many clients of an echo server on the JDK's sockets",
              echoes(load, echo, clients),
              clients == 1_000 ? new Aim.Most(MOST_MILLIS) : new Aim.Ratio(MOST_OF_ECHO)));
      rows.add(Row.alone(many + "wait of a client", Unit.SECONDS, waited.median(), new Aim.None()));
    }
    return rows;
  }

  /** Returns how long that many simultaneous clients of an echo server take, in milliseconds. */
  private static double echoes(LoadGenerator load, Path echo, int clients) {
    var took = new Sample();
    for (int round = 0; round < ROUNDS; round++) {
      took.add(clients / load.run(1, clients, 1, echo).getFirst().perSecond() * 1_000);
    }
    return took.median();
  }

  private static long nowMicros() {
    return System.currentTimeMillis() * 1_000;
  }

  private static long micros(Path file) throws IOException {
    return Long.parseLong(Files.readString(file).strip());
  }
}
