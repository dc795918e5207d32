package dev.rig.credentials.socket;

import dev.rig.credentials.linux.Epoll;
import dev.rig.credentials.socket.bind.SocketLimits;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.time.SystemScheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jnr.enxio.channels.NativeSelectorProvider;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;

/**
 * The time of a request from connect to close, in microseconds, for a minimal blocking echo server
 * on jnr-unixsocket, for ours, and for ours with 1,000 idle connections; alternately in one run.
 * Also the time of one check of 1,000 idle connections by jnr's selector and by ours.
 */
final class SocketBenchmark {
  private static final int ROUNDS = 20;
  private static final int PER_ROUND = 1000;
  private static final int WARM_UP_ROUNDS = 5;
  private static final int IDLE = 1000;
  private static final byte[] QUESTION =
      "get\nghcr.io/acme/app".getBytes(StandardCharsets.US_ASCII);

  private SocketBenchmark() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("rig-bench");
    var limits = SocketLimits.standard().withConnections(2000, 2000);
    try (var scheduler = new SystemScheduler();
        var bare = UnixServerSocketChannel.open();
        var ours = open(folder.resolve("ours"), limits, scheduler);
        var crowded = open(folder.resolve("crowded"), limits, scheduler)) {
      Path barePath = folder.resolve("bare");
      bare.socket().bind(new UnixSocketAddress(barePath.toString()), 1024);
      Thread.ofPlatform().daemon().start(() -> echo(bare));
      List<Path> paths = List.of(barePath, ours.path(), crowded.path());
      var nanos = new long[paths.size()][ROUNDS * PER_ROUND];
      List<UnixSocketChannel> idle = new ArrayList<>();
      for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
        renew(idle, crowded.path());
        for (int server = 0; server < paths.size(); server++) {
          var address = new UnixSocketAddress(paths.get(server).toString());
          for (int i = 0; i < PER_ROUND; i++) {
            long start = System.nanoTime();
            ask(address);
            if (round >= 0) {
              nanos[server][round * PER_ROUND + i] = System.nanoTime() - start;
            }
          }
        }
      }
      print(nanos);
      System.out.println("idle connections at the end: " + crowded.counts().open());
      printSelectors(idle);
      closeAll(idle);
      Files.deleteIfExists(barePath);
    }
    for (String name : List.of("ours.lock", "crowded.lock", "")) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }

  private static SocketServer open(Path path, SocketLimits limits, SystemScheduler scheduler) {
    return SocketServer.open(
        SocketOptions.at(path).withLimits(limits), new Answers(), scheduler.time());
  }

  private static void renew(List<UnixSocketChannel> idle, Path path) throws IOException {
    closeAll(idle);
    for (int i = 0; i < IDLE; i++) {
      idle.add(UnixSocketChannel.open(new UnixSocketAddress(path.toString())));
    }
  }

  private static void closeAll(List<UnixSocketChannel> channels) throws IOException {
    for (var channel : channels) {
      channel.close();
    }
    channels.clear();
  }

  private static void echo(UnixServerSocketChannel server) {
    var buffer = ByteBuffer.allocate(1024);
    while (true) {
      try (var channel = server.accept()) {
        buffer.clear();
        while (channel.read(buffer) >= 0) {}
        buffer.flip();
        channel.write(buffer);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void ask(UnixSocketAddress address) throws IOException {
    try (var channel = UnixSocketChannel.open(address)) {
      channel.write(ByteBuffer.wrap(QUESTION));
      channel.shutdownOutput();
      var answer = ByteBuffer.allocate(256);
      while (channel.read(answer) >= 0) {}
      if (answer.position() == 0) {
        throw new IOException("no answer");
      }
    }
  }

  private static void print(long[][] nanos) {
    String[] names = {"bare echo server", "ours", "ours, 1,000 idle"};
    double[][] figures = new double[3][2];
    for (int i = 0; i < 3; i++) {
      Arrays.sort(nanos[i]);
      figures[i][0] = nanos[i][nanos[i].length / 2] / 1000.0;
      figures[i][1] = nanos[i][nanos[i].length * 99 / 100] / 1000.0;
      System.out.printf(
          "%-18s p50 %7.1f µs   p99 %7.1f µs%n", names[i], figures[i][0], figures[i][1]);
    }
    System.out.printf(
        "ours / bare: p50 %.2f, p99 %.2f; 1,000 idle / none: p50 %.2f, p99 %.2f%n",
        figures[1][0] / figures[0][0],
        figures[1][1] / figures[0][1],
        figures[2][0] / figures[1][0],
        figures[2][1] / figures[1][1]);
  }

  /** Prints the time of finding one ready descriptor among the idle ones. */
  private static void printSelectors(List<UnixSocketChannel> idle) throws IOException {
    var pair = UnixSocketChannel.pair();
    pair[0].write(ByteBuffer.wrap(new byte[] {1}));
    try (var selector = NativeSelectorProvider.getInstance().openSelector();
        var epoll = new Epoll()) {
      for (var channel : idle) {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        epoll.add(channel.getFD(), Epoll.IN, 1);
      }
      pair[1].configureBlocking(false);
      pair[1].register(selector, SelectionKey.OP_READ);
      epoll.add(pair[1].getFD(), Epoll.IN, 2);
      int found = 0;
      for (int round = 0; round < 2; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < 5000; i++) {
          found += selector.selectNow();
          selector.selectedKeys().clear();
        }
        long middle = System.nanoTime();
        for (int i = 0; i < 5000; i++) {
          found += epoll.await();
        }
        long end = System.nanoTime();
        System.out.printf(
            "one wait among 1,000 idle: jnr's selector %.1f µs, epoll %.2f µs (%d found)%n",
            (middle - start) / 5e6, (end - middle) / 5e6, found);
      }
    }
    pair[0].close();
    pair[1].close();
  }
}
