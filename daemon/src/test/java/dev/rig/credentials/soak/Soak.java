package dev.rig.credentials.soak;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.ClientLoad;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.PidsCgroup;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Gets by the native client, scripts with expiring leases, reloads, restarts and shortages of
 * threads and descriptors at the same time, on the built distribution: {@code mvn -B -Psoak verify
 * -Dsoak.minutes=60}, as root. One daemon is restarted again and again; another one is not, and its
 * memory and descriptors at the end are compared with those after the first five minutes (of a
 * shorter soak: after a third of it). Exits with status 1 after a failed get, with 5 % more memory,
 * and with another number of descriptors.
 */
public final class Soak {
  private static final int SCRIPTS = 8;

  /** In seconds; more than a script takes on a machine that is busy with all of this. */
  private static final int SHORTEST_LEASE = 3;

  private static final Duration BETWEEN_RELOADS = Duration.ofMillis(500);
  private static final int RELOADS_PER_RESTART = 30;
  private static final int RELOADS_PER_SHORTAGE = 24;
  private static final Duration SHORTAGE = Duration.ofMillis(1_500);
  private static final Duration SETTLED = Duration.ofSeconds(2);
  private static final Duration PROGRESS = Duration.ofMinutes(2);
  private static final Duration WARM = Duration.ofMinutes(5);
  private static final double MOST_GROWTH = 1.05;
  private static final int SAMPLES = 9;
  private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(2);

  /** The memory and descriptors of a daemon. */
  private record Footprint(long residentKib, int descriptors, int threads) {}

  private final PrintStream out;
  private final PidsCgroup group;
  private final DaemonUnderTest steady;
  private final DaemonUnderTest restarted;
  private final RunCounter runs;
  private final List<ClientLoad> clients = new ArrayList<>();
  private int reloads;
  private int restarts;
  private int shortages;

  private Soak(PrintStream out, Reaper reaper, Path folder) {
    this.out = out;
    this.group = reaper.own(PidsCgroup.create("rig-soak-" + ProcessHandle.current().pid()));
    this.steady =
        new DaemonUnderTest(reaper, folder.resolve("s"))
            .logging("info")
            .startedBy(group.startsIn());
    this.restarted = new DaemonUnderTest(reaper, folder.resolve("r")).logging("info");
    this.runs = new RunCounter(folder.resolve("runs"));
  }

  /** Runs for the given minutes. */
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
    write();
    var running = steady.start();
    var other = restarted.start();
    askAll();
    long began = System.nanoTime();
    var whole = Duration.ofMillis((long) (minutes * Duration.ofMinutes(1).toMillis()));
    var warm = whole.dividedBy(3).compareTo(WARM) < 0 ? whole.dividedBy(3) : WARM;
    Footprint baseline = null;
    int lines = 0;
    while (since(began).compareTo(whole) < 0) {
      Thread.sleep(BETWEEN_RELOADS);
      if (!running.isAlive()) {
        out.println("the daemon that is not restarted has ended: " + running.finish(SETTLED));
        return false;
      }
      reloads++;
      write();
      if (reloads % RELOADS_PER_SHORTAGE == 0) {
        shortage(running);
      }
      if (reloads % RELOADS_PER_RESTART == 0) {
        restarts++;
        DaemonUnderTest.stop(other);
        other = restarted.start();
      }
      if (baseline == null && since(began).compareTo(warm) >= 0) {
        baseline = footprint("warm", running);
      }
      if (since(began).compareTo(PROGRESS.multipliedBy(lines + 1L)) >= 0) {
        lines++;
        out.printf(
            "%d min, memory %d KiB, reloads %d, failed gets %d%n",
            since(began).toMinutes(),
            ProcFiles.residentKib(running.pid()),
            reloads,
            clients.stream().mapToInt(client -> client.wrong().size()).sum());
      }
    }
    var end = footprint("end", running);
    clients.forEach(ClientLoad::stop);
    boolean answered = sum();
    return baseline != null && isEqual(baseline, end) && answered && running.isAlive();
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private void askAll() {
    for (var daemon : List.of(steady, restarted)) {
      for (int i = 0; i < SCRIPTS; i++) {
        ask(daemon, "s" + i + ".org", "script-" + i);
      }
      ask(daemon, "fixed.org", "from-the-file");
    }
  }

  private void ask(DaemonUnderTest daemon, String host, String secret) {
    clients.add(ClientLoad.of(1, daemon.client(), host, NativeClient.answer(host, "bot", secret)));
  }

  /** Causes a short shortage of threads and processes, or of descriptors. */
  private void shortage(Running running) throws InterruptedException {
    shortages++;
    boolean ofThreads = shortages % 2 == 0;
    if (ofThreads) {
      group.freeze();
    } else {
      descriptors(running, Integer.toString(ProcFiles.descriptors(running.pid())));
    }
    Thread.sleep(SHORTAGE);
    if (ofThreads) {
      group.lift();
    } else {
      descriptors(running, "4096");
    }
  }

  private static void descriptors(Running running, String most) {
    Command.of(Tool.PRLIMIT.path(), "--pid", running.pid(), "--nofile=" + most + ":")
        .run()
        .succeeded();
  }

  private void write() {
    for (var daemon : List.of(steady, restarted)) {
      if (reloads == 0) {
        daemon.configured("values.yaml", yaml());
      } else {
        PrivateFile.write(daemon.file("values.yaml"), yaml());
      }
    }
  }

  /** Returns stable entries with leases of a few seconds, and one that changes at each reload. */
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
              .formatted(i, SHORTEST_LEASE + i % 4, runs.shell(), i));
    }
    return text.toString();
  }

  /**
   * Returns the median of several reads: a script that is running has descriptors and threads, and
   * a compiler some megabytes.
   */
  private Footprint footprint(String when, Running running) throws InterruptedException {
    Thread.sleep(SETTLED);
    var resident = new long[SAMPLES];
    var descriptors = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      resident[i] = ProcFiles.residentKib(running.pid());
      descriptors[i] = ProcFiles.descriptors(running.pid());
      Thread.sleep(BETWEEN_SAMPLES);
    }
    Arrays.sort(resident);
    Arrays.sort(descriptors);
    var found =
        new Footprint(resident[SAMPLES / 2], descriptors[0], ProcFiles.threads(running.pid()));
    out.printf(
        "%-5s memory %d KiB, descriptors %d, threads %d%n",
        when, found.residentKib(), found.descriptors(), found.threads());
    return found;
  }

  private boolean isEqual(Footprint baseline, Footprint end) {
    double growth = (double) end.residentKib() / baseline.residentKib();
    boolean good = growth <= MOST_GROWTH && end.descriptors() == baseline.descriptors();
    out.printf(
        "memory x %.3f (at most %.2f), descriptors %+d%n",
        growth, MOST_GROWTH, end.descriptors() - baseline.descriptors());
    return good;
  }

  private boolean sum() {
    int gets = 0;
    var wrong = new ArrayList<String>();
    for (var client : clients) {
      gets += client.asked();
      wrong.addAll(client.wrong());
    }
    wrong.stream().limit(10).forEach(out::println);
    out.printf(
        "gets %d, failed %d, script runs %d, reloads %d, restarts %d, shortages %d%n",
        gets, wrong.size(), runs.runs(), reloads, restarts, shortages);
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
