package dev.rig.credentials.bench;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.ProcFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The start and the memory of the daemon, with and without its AOT cache. */
final class StartRows implements Rows {
  private static final int ROUNDS = 15;
  private static final double START_MILLIS = 150;
  private static final double START_OF_JAVA = 6.5;
  private static final double REST_OF_HELIDON = 1.05;
  private static final double LOAD_MIB = 200;
  private static final Duration REST = Duration.ofSeconds(5);
  private static final int CLIENTS = 8;
  private static final int ASKS = 10_000;
  private static final String CACHE = "RIG_CREDENTIALS_AOT";
  private static final String NO_CACHE = "-XX:AOTMode=off";
  private static final List<String> PEERS =
      List.of("without the AOT cache", "a bare Helidon server");

  @Override
  public String title() {
    return "The daemon with 100 entries";
  }

  /** Resident memory in MiB. */
  private record Memory(double atRest, double underLoad) {}

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var rows = new ArrayList<Row>();
    var load = LoadGenerator.in(bench);
    var starts = starts(bench, load);
    var start = "exec to first answer, median of " + ROUNDS;
    add(rows, start, Unit.MILLIS, starts, new Aim.Most(START_MILLIS), new Aim.None());
    rows.add(
        Row.beside(
            start,
            Unit.MILLIS,
            starts.getFirst(),
            "the runtime's own `java -version`",
            javaVersion(bench),
            new Aim.Ratio(START_OF_JAVA)));
    var memory = List.of(ofDaemon(bench, "c", load), withoutCache(bench, load), ofHelidon(bench));
    add(
        rows,
        "resident memory at rest",
        Unit.MIB,
        memory.stream().map(Memory::atRest).toList(),
        new Aim.None(),
        new Aim.Ratio(REST_OF_HELIDON));
    add(
        rows,
        "most resident memory while 8 clients ask 80,000 times",
        Unit.MIB,
        memory.stream().map(Memory::underLoad).toList(),
        new Aim.Most(LOAD_MIB),
        new Aim.None());
    return rows;
  }

  /** The goals are those for the first peer and the last one. */
  private static void add(
      List<Row> rows, String measured, Unit unit, List<Double> figures, Aim first, Aim last) {
    for (int i = 0; i < PEERS.size(); i++) {
      rows.add(
          Row.beside(
              measured,
              unit,
              figures.get(0),
              PEERS.get(i),
              figures.get(i + 1),
              i == 0 ? first : last));
    }
  }

  private static double javaVersion(Workbench bench) throws Exception {
    var input = Files.createFile(bench.folder().resolve("empty"));
    var command = Command.of(bench.compiled("spawn"), ROUNDS, input, Workbench.java(), "-version");
    return Workbench.figures(command).getFirst()[0] / 1_000;
  }

  /** The requested entry is static, so that no script's time is included. */
  private static List<Double> starts(Workbench bench, LoadGenerator load) {
    var values =
        Workbench.values()
            .replace("script: echo user:secret-of-7\n", "{username: u, password: p}\n");
    var daemon = bench.daemon("s").configured("values.yaml", values);
    var port = FreePort.next();
    var words = new ArrayList<Object>(List.of(bench.compiled("first"), ROUNDS, load.request()));
    words.add(daemon.socket());
    words.addAll(daemon.serve().words());
    words.addAll(List.of("--", daemon.socket(), "/usr/bin/env", CACHE + "=" + NO_CACHE));
    words.addAll(daemon.serve().words());
    words.addAll(List.of("--", port));
    words.addAll(Workbench.onDaemonsJvm(HelidonServer.class, port));
    return Workbench.figures(Command.of(words.toArray())).stream().map(seen -> seen[0]).toList();
  }

  private static Memory withoutCache(Workbench bench, LoadGenerator load) throws Exception {
    return ofDaemon(bench.daemon("w").with(CACHE, NO_CACHE), load);
  }

  private static Memory ofDaemon(Workbench bench, String name, LoadGenerator load)
      throws Exception {
    return ofDaemon(bench.daemon(name), load);
  }

  private static Memory ofDaemon(DaemonUnderTest daemon, LoadGenerator load) throws Exception {
    try (var running = daemon.configured("values.yaml", Workbench.values()).start()) {
      return memory(running, () -> load.run(1, CLIENTS, ASKS, daemon.socket()));
    }
  }

  private static Memory ofHelidon(Workbench bench) throws Exception {
    int port = FreePort.next();
    var words = Workbench.onDaemonsJvm(HelidonServer.class, port);
    try (var running = bench.reaper().own(Command.of(words.toArray()).start());
        var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
      Eventually.within(
          Duration.ofSeconds(20), () -> answers(client, request), () -> running.stderr());
      return memory(
          running,
          () -> {
            for (int i = 0; i < CLIENTS * ASKS; i++) {
              answers(client, request);
            }
            return null;
          });
    }
  }

  private static boolean answers(HttpClient client, HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Memory memory(Running running, Callable<?> work) throws Exception {
    Thread.sleep(REST);
    double atRest = mib(running);
    var most = new Sample();
    var asking =
        Thread.ofPlatform()
            .start(() -> {
              try {
                work.call();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    while (asking.isAlive()) {
      most.add(mib(running));
      Thread.sleep(20);
    }
    most.add(mib(running));
    return new Memory(atRest, most.percentile(100));
  }

  private static double mib(Running running) {
    return ProcFiles.residentKib(running.pid()) / 1024.0;
  }
}
