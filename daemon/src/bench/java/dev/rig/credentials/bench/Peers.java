package dev.rig.credentials.bench;

import dev.rig.credentials.testing.daemon.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Whole processes that are timed alternately: ours, and one peer after the other. A missing or
 * failing one is reported in its row. A small C program starts them, because a JVM starts processes
 * slowly.
 */
final class Peers {
  /** The rounds that are not counted; {@code spawn.c} has the same number. */
  static final int WARM_UP = 10;

  private record Peer(String name, Aim aim, List<String> words, String missing) {}

  private final Path stdin;
  private Command caller;
  private List<String> ours = List.of();
  private final List<Peer> peers = new ArrayList<>();

  /**
   * Creates a comparison without processes.
   *
   * @param stdin the standard input of each: a file, or a folder with a file for each round, from 0
   */
  Peers(Path stdin) {
    this.stdin = stdin;
    this.caller = Command.of("/bin/true");
  }

  /** Adds an environment variable for all processes. */
  Peers with(String name, Object value) {
    caller = caller.with(name, value);
    return this;
  }

  /** Adds our process. */
  Peers ours(Object... words) {
    ours = texts(words);
    return this;
  }

  /** Adds a peer, which may be missing. */
  Peers beside(String name, Aim aim, Callable<Object[]> words) throws Exception {
    try {
      var command = texts(words.call());
      var outcome = command(command).run();
      boolean works = outcome.status() == 0;
      var said = outcome.output().lines().findFirst().orElse("status " + outcome.status());
      peers.add(new Peer(name, aim, works ? command : List.of(), works ? "" : "fails: " + said));
    } catch (TestAbortedException | AssertionFailedError e) {
      peers.add(new Peer(name, aim, List.of(), String.valueOf(e.getMessage())));
    }
    return this;
  }

  /**
   * Times ours with each peer for this many rounds; returns a row for each. Pairs, because a large
   * program slows whatever runs after it.
   */
  List<Row> measure(Path spawn, int rounds, String measured) {
    var rows = new ArrayList<Row>();
    for (var peer : peers) {
      var words = new ArrayList<Object>(List.of(spawn, rounds, stdin));
      words.addAll(ours);
      if (peer.words().isEmpty()) {
        double alone = medians(words).getFirst();
        rows.add(
            Row.without(measured, Unit.MICROS, alone, peer.name(), peer.aim(), peer.missing()));
      } else {
        words.add("--");
        words.addAll(peer.words());
        var both = medians(words);
        rows.add(
            Row.beside(
                measured, Unit.MICROS, both.getFirst(), peer.name(), both.getLast(), peer.aim()));
      }
    }
    return rows;
  }

  private List<Double> medians(List<Object> words) {
    var timed = new Command(texts(words.toArray()), caller.environment(), "");
    return Workbench.figures(timed).stream().map(figures -> figures[0]).toList();
  }

  private Command command(List<String> words) throws IOException {
    var read = Files.isDirectory(stdin) ? stdin.resolve("0") : stdin;
    return new Command(words, caller.environment(), Files.readString(read));
  }

  private static List<String> texts(Object... words) {
    return Arrays.stream(words).map(Object::toString).toList();
  }

  /** Returns the environment of every process. */
  Map<String, String> environment() {
    return caller.environment();
  }
}
