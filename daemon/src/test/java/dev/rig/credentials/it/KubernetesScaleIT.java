package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.kube.ApiProxy;
import dev.rig.credentials.testing.kube.KubeApiServer;
import dev.rig.credentials.testing.kube.RbacRules;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cost of a large cluster, with a real {@code kube-apiserver}: {@code mvn -B -Pkubernetes
 * verify -Dit.test=KubernetesScaleIT}. Prints the table of {@code docs/figures.md}. With {@code
 * -Dkubernetes.away=30} the API is away for half a minute instead of five.
 */
@Tag("kubernetes")
@NullUnmarked // what is null fails the test by itself
class KubernetesScaleIT {
  private static final int NAMESPACES = 200;
  private static final int CAPSULES = 2_000;
  private static final int AT_ONCE = 16;
  private static final Duration ALL = Duration.ofSeconds(60);
  private static final Duration REST = Duration.ofSeconds(60);
  private static final Duration SOON = Duration.ofSeconds(2);
  private static final Duration RETURN = Duration.ofSeconds(10);
  private static final Duration AWAY = Duration.ofSeconds(Long.getLong("kubernetes.away", 300));
  private static final int MOST_REQUESTS = 3;
  private static final double MOST_MIB = 40;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private final List<String> figures = new ArrayList<>();
  private RunCounter runs;
  private KubeApiServer cluster;

  private void figure(String measured, String figure, String aim, boolean met) {
    figures.add("| %s | %s | %s | %s |".formatted(measured, figure, aim, met ? "yes" : "**no**"));
  }

  private void seconds(String measured, long sinceNanos, Duration aim) {
    double took = (System.nanoTime() - sinceNanos) / 1e9;
    figure(
        measured,
        String.format(Locale.ROOT, "%.1f s", took),
        "≤ " + aim.toSeconds() + " s",
        took <= aim.toSeconds());
  }

  private DaemonUnderTest daemon(String name, String more) {
    return new DaemonUnderTest(reaper, folder.resolve(name))
        .logging("info")
        .configured(
            "values.yaml",
            """
            rig:
              dockerRegistries:
                quay.io: {username: quay, password: of-quay}
                ghcr.io/acme: {username: acme, password: of-acme}
            """
                + more);
  }

  private static String namespace(int i) {
    return "team-" + i % NAMESPACES;
  }

  private static String capsule(int i) {
    return "/apis/rig.dev/v1alpha2/namespaces/" + namespace(i) + "/capsules/app-" + i;
  }

  private void fill() throws InterruptedException {
    for (int i = 0; i < NAMESPACES; i++) {
      cluster.create("/api/v1/namespaces", "{metadata: {name: " + namespace(i) + "}}");
    }
    var free = new Semaphore(AT_ONCE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CAPSULES; i++) {
        int one = i;
        free.acquire();
        var _ =
            threads.submit(() -> {
              try {
                cluster.create(
                    "/apis/rig.dev/v1alpha2/namespaces/" + namespace(one) + "/capsules",
                    """
                    apiVersion: rig.dev/v1alpha2
                    kind: Capsule
                    metadata: {name: app-%d}
                    spec: {image: "quay.io/acme/app-%1$d:1"}
                    """
                        .formatted(one));
              } finally {
                free.release();
              }
            });
      }
    }
  }

  /** Returns how many Capsules name their Secret, and how many Secrets exist. */
  private Map<String, Long> served() {
    var capsules = cluster.ask("GET", "/apis/rig.dev/v1alpha2/capsules").body();
    var secrets = cluster.ask("GET", "/api/v1/secrets").body();
    return Map.of(
        "capsules", capsules.split("\"rig.dev/pull-secret\":\"", -1).length - 1L,
        "secrets", secrets.split("\"type\":\"kubernetes.io/dockerconfigjson\"", -1).length - 1L);
  }

  /** Returns the requests since then, except watches and the Lease. */
  private List<String> askedSince(int before) {
    var all = cluster.requests();
    return all.subList(before, all.size()).stream()
        .filter(request -> !request.startsWith("watch ") && !request.endsWith(" leases"))
        .toList();
  }

  private String config(int i) {
    return cluster.object(secret(i)).map(PullSecretCases::config).orElse("");
  }

  private static double mib(Running running) {
    return ProcFiles.residentKib(running.pid()) / 1024.0;
  }

  /** Makes a change, and waits until the objects of one Capsule are correct again. */
  private void change(String what, Runnable change, BooleanSupplier right)
      throws InterruptedException {
    int before = cluster.requests().size();
    change.run();
    long began = System.nanoTime();
    Eventually.within(PATIENCE, right, () -> what + cluster.requests());
    seconds(what + ", until the objects are correct", began, SOON);
    Thread.sleep(SOON);
    var asked = askedSince(before);
    figure(
        what + ", requests",
        asked.size() + "",
        "≤ " + MOST_REQUESTS,
        asked.size() <= MOST_REQUESTS);
  }

  private void eachChangeIsFollowedSoon(DaemonUnderTest daemon) throws InterruptedException {
    change(
        "another image",
        () -> cluster.merge(capsule(7), "{spec: {image: 'ghcr.io/acme/app-7:2'}}"),
        () -> config(7).contains("of-acme"));
    change(
        "another client removes the Secret",
        () -> cluster.ask("DELETE", secret(7)),
        () -> config(7).contains("of-acme"));
    change(
        "another client alters the Secret",
        () -> cluster.merge(secret(7), "{data: {.dockerconfigjson: e30=}}"),
        () -> config(7).contains("of-acme"));
    change(
        "another client removes the annotation",
        () -> cluster.merge(capsule(7), "{metadata: {annotations: {rig.dev/pull-secret: null}}}"),
        () -> cluster.object(capsule(7)).orElseThrow().toString().contains("rig-pull-app-7"));
    var values = daemon.file("values.yaml");
    change(
        "another password of the entry",
        () -> PrivateFile.replace(values, text(values).replace("of-acme", "of-next")),
        () -> config(7).contains("of-next"));

    change(
        "an image of an entry with a script",
        () -> cluster.merge(capsule(8), "{spec: {image: 'lease.example/app-8:2'}}"),
        () -> config(8).contains("of-run-"));
    int seen = runs.runs();
    change(
        "the lease is renewed",
        () -> Eventually.within(PATIENCE, () -> runs.runs() > seen, () -> "the script runs"),
        () -> config(8).contains("of-run-" + runs.runs()));
    int renewed = runs.runs();
    daemon.client().get("lease.example");
    change(
        "the lease is rejected",
        () -> daemon.client().ask("erase", "lease.example").succeeded(),
        () -> runs.runs() > renewed && config(8).contains("of-run-" + runs.runs()));
    cluster.merge(capsule(8), "{spec: {image: 'quay.io/acme/app-8:3'}}");
  }

  private static String secret(int i) {
    return "/api/v1/namespaces/" + namespace(i) + "/secrets/rig-pull-app-" + i;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void largeClusterIsServedSoonAndCostsNothingAtRest() throws InterruptedException {
    runs = new RunCounter(folder.resolve("runs"));
    cluster = reaper.own(new KubeApiServer(reaper, folder.resolve("k"), RbacRules.manifest()));
    var network = reaper.own(new ApiProxy(cluster));
    fill();
    assertEquals(Map.of("capsules", 0L, "secrets", 0L), served());

    var alone = daemon("alone", "").start();
    var daemon =
        daemon(
            "d",
            """
                lease.example:
                  expire: 30s
                  script: |
                    %s
                    echo "run:of-run-$(wc -l < '%s')"
              clusters:
                prod:
                  createPullSecrets: true
                  url: %s
                  certificateAuthority: "%s"
                  token: %s
            """
                .formatted(
                    runs.shell(),
                    runs.file(),
                    network.url(),
                    cluster.certificateAuthority(),
                    cluster.token()));
    long began = System.nanoTime();
    var running = daemon.start();
    var all = Map.of("capsules", (long) CAPSULES, "secrets", (long) CAPSULES);
    Eventually.progressing(
        ALL, this::served, () -> served().equals(all), () -> served() + running.stderr());
    seconds("all Secrets and annotations, from the daemon's start", began, ALL);
    daemon.commandLine("status").succeeded();

    Thread.sleep(RETURN);
    int before = cluster.requests().size();
    Thread.sleep(REST);
    var asked = askedSince(before);
    figure(
        "requests in a minute at rest other than watches and the Lease",
        "" + asked.size(),
        "0",
        asked.isEmpty());
    double more = mib(running) - mib(alone);
    figure(
        "resident memory above that of a daemon without clusters",
        String.format(Locale.ROOT, "%.0f MiB", more),
        String.format(Locale.ROOT, "≤ %.0f MiB", MOST_MIB),
        more <= MOST_MIB);

    eachChangeIsFollowedSoon(daemon);

    network.cut();
    Thread.sleep(AWAY);
    for (int i = 10; i < 20; i++) {
      cluster.merge(capsule(i), "{spec: {image: 'ghcr.io/acme/app-%d:2'}}".formatted(i));
    }
    network.restore();
    began = System.nanoTime();
    for (int i = 10; i < 20; i++) {
      int one = i;
      Eventually.within(PATIENCE, () -> config(one).contains("of-next"), () -> config(one));
    }
    seconds(
        "ten images that were changed while the API was unavailable for "
            + AWAY.toSeconds()
            + " s, from its return",
        began,
        RETURN);
    System.out.println(
        "| 2,000 Capsules in 200 namespaces, a real kube-apiserver | Figure | Aim | Met |");
    System.out.println("| --- | --- | --- | --- |");
    figures.forEach(System.out::println);
    assertTrue(figures.stream().allMatch(row -> row.endsWith("| yes |")), figures::toString);
  }
}
