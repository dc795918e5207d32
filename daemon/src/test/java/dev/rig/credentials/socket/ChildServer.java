package dev.rig.credentials.socket;

import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.time.SystemScheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** A socket in a separate process, for operations that would disturb the test's own process. */
final class ChildServer {
  private static final List<FileChannel> FILLERS = new ArrayList<>();

  private ChildServer() {}

  /** Serves at the path, and follows the words on its standard input until it ends. */
  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[0]);
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (var scheduler = new SystemScheduler();
        var server = SocketServer.open(SocketOptions.at(path), new Answers(), scheduler.time())) {
      Client.settle(path);
      server.counts(); // without a free descriptor, a class could not be loaded
      System.out.println("serving");
      for (String word = input.readLine(); word != null; word = input.readLine()) {
        switch (word) {
          case "fill" -> fill();
          case "free" -> free();
          case "measure" -> System.out.println(cpuMillisInASecond());
          case "pauses" -> System.out.println(server.counts().pauses());
          case "libraries" -> System.out.println(libraries());
          default -> throw new IllegalArgumentException(word);
        }
      }
    }
  }

  private static void fill() {
    cpuMillisInASecond(); // loads the classes for measuring while there are descriptors
    try {
      while (true) {
        FILLERS.add(FileChannel.open(Path.of("/dev/null")));
      }
    } catch (IOException full) {
      System.out.println("full");
    }
  }

  private static void free() throws IOException {
    for (var filler : FILLERS) {
      filler.close();
    }
    System.out.println("free");
  }

  private static long cpuMillisInASecond() {
    var threads = ManagementFactory.getThreadMXBean();
    long id =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("rig-socket"))
            .findFirst()
            .orElseThrow()
            .threadId();
    long before = threads.getThreadCpuTime(id);
    long end = System.nanoTime() + 1_000_000_000L;
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    return (threads.getThreadCpuTime(id) - before) / 1_000_000;
  }

  private static String libraries() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines
          .filter(line -> line.contains("jffi"))
          .filter(line -> line.contains(".so"))
          .map(line -> line.substring(line.indexOf('/')))
          .distinct()
          .collect(Collectors.joining(" "));
    }
  }
}
