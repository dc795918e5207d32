package dev.rig.credentials.bench;

import dev.rig.credentials.testing.daemon.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that send requests back to back, written in C so that they use little of the machine.
 *
 * @param program the compiled one
 * @param request the file with each client's request
 */
record LoadGenerator(Path program, Path request) {
  /** How many rounds the program runs before the measured ones. */
  static final int WARM_UP = 3;

  private static final int WARM_UP_CLIENTS = 8;
  private static final int WARM_UP_ASKS = 10_000;

  /**
   * The measurements of one server.
   *
   * @param median microseconds from connect to the answer's end
   * @param p99 the same, of the slowest hundredth
   * @param perSecond answers a second, of all clients together
   * @param last when the last answer arrived, in microseconds since 1970
   */
  record Seen(double median, double p99, double perSecond, double last) {}

  static LoadGenerator in(Workbench bench) throws IOException {
    return new LoadGenerator(bench.compiled("load"), bench.request());
  }

  /** Sends so many requests that the server's compilers have finished. */
  void warmUp(Path server) {
    run(1, WARM_UP_CLIENTS, WARM_UP_ASKS, server);
  }

  /**
   * Sends requests to the servers alternately.
   *
   * @param asks the number of requests per client and round
   * @param servers sockets; a comma and a number after the path open that many idle connections
   */
  List<Seen> run(int rounds, int clients, int asks, Object... servers) {
    var words = new ArrayList<Object>(List.of(program, rounds, clients, asks, request));
    words.addAll(List.of(servers));
    return Workbench.figures(Command.of(words.toArray())).stream()
        .map(seen -> new Seen(seen[0], seen[1], seen[2], seen[3]))
        .toList();
  }
}
