package dev.rig.credentials.soak;

import dev.rig.credentials.testing.daemon.ClientLoad;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;

/**
 * Gets by the native client, scripts whose leases end, reloads and restarts at once, on the built
 * distribution: {@code mvn -B -Psoak verify -Dsoak.minutes=5}. Exits with status 1 on a get that
 * failed.
 */
public final class Soak {
  private static final int SCRIPTS = 4;
  private static final Duration BETWEEN_RELOADS = Duration.ofSeconds(3);
  private static final int RELOADS_PER_RESTART = 5;
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final PrintStream out;
  private final DaemonUnderTest daemon;
  private final RunCounter runs;
  private int reloads;
  private int restarts;

  private Soak(PrintStream out, Reaper reaper, Path folder) {
    this.out = out;
    this.daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
    this.runs = new RunCounter(folder.resolve("runs"));
  }

  /** Runs for the minutes given. */
  public static void main(String[] arguments) throws Exception {
    double minutes = arguments.length == 0 ? 5 : Double.parseDouble(arguments[0]);
    var folder = Files.createTempDirectory("soak");
    boolean good;
    try (var reaper = new Reaper()) {
      good = new Soak(System.out, reaper, folder).run(minutes);
    } finally {
      delete(folder);
    }
    System.exit(good ? 0 : 1);
  }

  private boolean run(double minutes) throws InterruptedException {
    daemon.configured("values.yaml", yaml());
    var running = daemon.start();
    var clients = new ArrayList<ClientLoad>();
    for (int i = 0; i < SCRIPTS; i++) {
      clients.add(asking("s" + i + ".org", "script-" + i));
    }
    clients.add(asking("fixed.org", "from-the-file"));
    long end = System.nanoTime() + (long) (minutes * Duration.ofMinutes(1).toNanos());
    Thread.sleep(SETTLED);
    print("start", running);
    while (System.nanoTime() - end < 0) {
      Thread.sleep(BETWEEN_RELOADS);
      reloads++;
      PrivateFile.write(daemon.file("values.yaml"), yaml());
      if (reloads % RELOADS_PER_RESTART == 0) {
        restarts++;
        DaemonUnderTest.stop(running);
        running = daemon.start();
      }
    }
    clients.forEach(ClientLoad::stop);
    Thread.sleep(SETTLED);
    print("end", running);
    return sum(clients);
  }

  private ClientLoad asking(String host, String secret) {
    return ClientLoad.of(1, daemon.client(), host, NativeClient.answer(host, "bot", secret));
  }

  /** Entries that stay, with leases of a few seconds, and one that is another at each reload. */
  private String yaml() {
    var text = new StringBuilder("rig:\n  dockerRegistries:\n");
    text.append("    fixed.org: {username: bot, password: from-the-file}\n");
    text.append("    reloaded.org: {username: bot, password: reload-%d}%n".formatted(reloads));
    for (int i = 0; i < SCRIPTS; i++) {
      text.append(
          """
              s%d.org:
                expire: %ds
                script: |
                  %s
                  echo bot:script-%d
          """
              .formatted(i, i + 2, runs.shell(), i));
    }
    return text.toString();
  }

  private void print(String when, Running running) {
    out.printf(
        "%-6s memory %d KiB, descriptors %d, threads %d%n",
        when,
        ProcFiles.residentKib(running.pid()),
        ProcFiles.descriptors(running.pid()),
        ProcFiles.threads(running.pid()));
  }

  private boolean sum(Iterable<ClientLoad> clients) {
    int gets = 0;
    var wrong = new ArrayList<String>();
    for (var client : clients) {
      gets += client.asked();
      wrong.addAll(client.wrong());
    }
    wrong.stream().limit(10).forEach(out::println);
    out.printf(
        "gets %d, failed %d, script runs %d, reloads %d, restarts %d%n",
        gets, wrong.size(), runs.runs(), reloads, restarts);
    return wrong.isEmpty() && gets > 0;
  }

  private static void delete(Path folder) throws Exception {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
