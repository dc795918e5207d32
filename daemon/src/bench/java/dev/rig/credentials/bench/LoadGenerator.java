package dev.rig.credentials.bench;

import dev.rig.credentials.testing.daemon.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that ask back to back, written in C so that they cost little of the machine.
 *
 * @param program the compiled one
 * @param request the file with what each sends
 */
record LoadGenerator(Path program, Path request) {
  /** How many rounds the program does before those that count. */
  static final int WARM_UP = 3;

  /**
   * What clients saw of one server.
   *
   * @param median microseconds from connect to the answer's end
   * @param p99 the same, of the slowest hundredth
   * @param perSecond answers a second, of all clients together
   * @param last when the last answer came, in microseconds since 1970
   */
  record Seen(double median, double p99, double perSecond, double last) {}

  static LoadGenerator in(Workbench bench) throws IOException {
    return new LoadGenerator(bench.compiled("load"), bench.request());
  }

  /**
   * Asks the servers by turns.
   *
   * @param asks how often each client asks in a round
   * @param servers sockets; with a comma and a number behind it, so many idle connections are open
   */
  List<Seen> run(int rounds, int clients, int asks, Object... servers) {
    var words = new ArrayList<Object>(List.of(program, rounds, clients, asks, request));
    words.addAll(List.of(servers));
    return Workbench.figures(Command.of(words.toArray())).stream()
        .map(seen -> new Seen(seen[0], seen[1], seen[2], seen[3]))
        .toList();
  }
}
