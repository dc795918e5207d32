package dev.rig.credentials.bench;

import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Request;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Measures the built distribution beside its peers, by turns in one run, and prints Markdown.
 * Figures are medians; a ratio says more than a figure does on another machine.
 */
public final class Benchmarks {
  private static final int PROCESS_ROUNDS = 400;
  private static final int SOCKET_ROUNDS = 20;
  private static final int ASKS_A_ROUND = 1000;
  private static final String QUESTION = "registry.example.com/team-7/service/image";

  private final Path home;
  private final Path folder;
  private final List<Process> started = new ArrayList<>();

  private Benchmarks(Path home, Path folder) {
    this.home = home;
    this.folder = folder;
  }

  /** Measures the distribution in the folder given. */
  public static void main(String[] arguments) throws Exception {
    var folder = Files.createTempDirectory("rig-bench-");
    var benchmarks = new Benchmarks(Path.of(arguments[0]).toAbsolutePath(), folder);
    try {
      benchmarks.run();
    } finally {
      benchmarks.started.forEach(Process::destroy);
      for (var process : benchmarks.started) {
        process.waitFor(10, TimeUnit.SECONDS);
      }
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private void run() throws IOException, InterruptedException, RunnerException {
    var socket = startDaemon();
    processes(socket);
    sockets(socket);
    lookups();
  }

  private Path startDaemon() throws IOException, InterruptedException {
    var values = folder.resolve("values.yaml");
    var yaml = new StringBuilder("rig:\n  dockerRegistries:\n");
    for (int i = 0; i < 100; i++) {
      yaml.append("    registry.example.com/team-").append(i).append(":\n");
      yaml.append("      script: echo user:secret-of-").append(i).append("\n");
    }
    Files.writeString(values, yaml);
    var socket = folder.resolve("credentials.sock");
    start(
        Map.of(),
        home.resolve("bin/rig-credentials").toString(),
        "serve",
        "--config",
        values.toString(),
        "--socket",
        socket.toString(),
        "--state-dir",
        folder.resolve("state").toString());
    waitFor(socket);
    return socket;
  }

  private void start(Map<String, String> environment, String... command) throws IOException {
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(environment);
    started.add(builder.start());
  }

  private static void waitFor(Path socket) throws InterruptedException {
    for (int i = 0; i < 500; i++) {
      try {
        ask(socket);
        return;
      } catch (IOException notYet) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    throw new IllegalStateException("nothing answers at " + socket);
  }

  /** Whole processes, started by a small C program, because a JVM's own start of one is slow. */
  private void processes(Path socket) throws IOException, InterruptedException {
    var spawn = folder.resolve("spawn");
    run(Map.of(), "cc", "-O2", "-o", spawn.toString(), "src/bench/c/spawn.c");
    var key = Files.writeString(folder.resolve("key"), QUESTION);
    var request =
        Files.writeString(
            folder.resolve("request"),
            "{\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\","
                + "\"kind\":\"CredentialProviderRequest\",\"image\":\""
                + QUESTION
                + "\"}");
    var commands = new LinkedHashMap<String, List<String>>();
    commands.put(
        "docker-credential-rig get, cached",
        List.of(home.resolve("bin/docker-credential-rig").toString(), "get"));
    commands.put(
        "docker-credential-ecr-login version (Go)",
        List.of("docker-credential-ecr-login", "version"));
    commands.put(
        "docker-credential-rig get on a JVM",
        List.of(
            home.resolve("runtime/bin/java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Drig.program=docker-credential-rig",
            "-cp",
            home.resolve("lib/rig-credentials.jar").toString(),
            "dev.rig.credentials.client.JvmMain",
            "get"));
    var environment = Map.of("RIG_CREDENTIALS_SOCKET", socket.toString());
    print("Whole process, median", measure(spawn, key, commands, environment));
    var provider = new LinkedHashMap<String, List<String>>();
    provider.put(
        "rig-credential-provider, cached",
        List.of(home.resolve("bin/rig-credential-provider").toString()));
    provider.put(
        "docker-credential-ecr-login version (Go)",
        List.of("docker-credential-ecr-login", "version"));
    print("The kubelet's plugin, median", measure(spawn, request, provider, environment));
  }

  private Map<String, Double> measure(
      Path spawn, Path stdin, Map<String, List<String>> commands, Map<String, String> environment)
      throws IOException, InterruptedException {
    var line = new ArrayList<String>();
    line.add(spawn.toString());
    line.add(Integer.toString(PROCESS_ROUNDS));
    line.add(stdin.toString());
    commands
        .values()
        .forEach(command -> {
          if (line.size() > 3) {
            line.add("--");
          }
          line.addAll(command);
        });
    var lines = run(environment, line.toArray(String[]::new)).lines().toList();
    var figures = new LinkedHashMap<String, Double>();
    int at = 0;
    for (var name : commands.keySet()) {
      figures.put(name, Double.parseDouble(lines.get(at++).split(" ", 2)[0]));
    }
    return figures;
  }

  private static String run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + " failed");
    }
    return output;
  }

  /** A get from connect to close, against an echo server on the same library, by turns. */
  private void sockets(Path socket) throws IOException, InterruptedException {
    var echo = folder.resolve("echo.sock");
    start(
        Map.of(),
        home.resolve("runtime/bin/java").toString(),
        "@" + home.resolve("lib/jvm.options"),
        "-cp",
        System.getProperty("java.class.path"),
        EchoServer.class.getName(),
        echo.toString());
    waitFor(echo);
    var servers = List.of(socket, echo);
    var nanos = new long[servers.size()][SOCKET_ROUNDS * ASKS_A_ROUND];
    for (int round = -5; round < SOCKET_ROUNDS; round++) {
      for (int server = 0; server < servers.size(); server++) {
        for (int i = 0; i < ASKS_A_ROUND; i++) {
          long began = System.nanoTime();
          ask(servers.get(server));
          if (round >= 0) {
            nanos[server][round * ASKS_A_ROUND + i] = System.nanoTime() - began;
          }
        }
      }
    }
    var figures = new LinkedHashMap<String, Double>();
    figures.put("cached get over the socket", median(nanos[0]));
    figures.put("bare echo server on jnr-unixsocket", median(nanos[1]));
    print("One request, connect to close, median", figures);
  }

  private static void ask(Path socket) throws IOException {
    var request = new Request(Action.GET, "", QUESTION.getBytes(StandardCharsets.US_ASCII));
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap(request.encode()));
      channel.shutdownOutput();
      var answer = ByteBuffer.allocate(4096);
      while (channel.read(answer) >= 0) {}
      if (answer.position() == 0) {
        throw new IOException("no answer");
      }
    }
  }

  private static double median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2] / 1000.0;
  }

  /** The first line is ours, the others are what it is compared with. */
  private static void print(String title, Map<String, Double> micros) {
    double ours = micros.values().iterator().next();
    System.out.printf("%n| %s | µs | ours / this |%n|---|---|---|%n", title);
    micros.forEach(
        (name, figure) -> System.out.printf("| %s | %.0f | %.2f |%n", name, figure, ours / figure));
  }

  private static void lookups() throws RunnerException {
    var options =
        new OptionsBuilder()
            .include(LookupBenchmark.class.getName())
            .verbosity(org.openjdk.jmh.runner.options.VerboseMode.SILENT)
            .build();
    var table = new TreeMap<Integer, Map<String, Double>>();
    for (RunResult result : new Runner(options).run()) {
      var entries = Integer.valueOf(result.getParams().getParam("entries"));
      table
          .computeIfAbsent(entries, n -> new TreeMap<>())
          .put(result.getPrimaryResult().getLabel(), result.getPrimaryResult().getScore());
    }
    System.out.printf(
        "%n| Entries | find, ns | normalise and find, ns | TreeMap walk, ns | linear scan, ns |%n"
            + "|---|---|---|---|---|%n");
    table.forEach((entries, scores) ->
        System.out.printf(
            "| %,d | %.0f | %.0f | %.0f | %.0f |%n",
            entries,
            scores.get("find"),
            scores.get("normaliseAndFind"),
            scores.get("treeMapWalk"),
            scores.get("linearScan")));
  }
}
