package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.metrics.GaugeReadings;
import dev.rig.credentials.metrics.MetricDescription;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Exposition;
import dev.rig.credentials.testing.daemon.HttpOverTcp;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.daemon.SharedClient;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each metric changes when its event happens at the built daemon, and only then. */
class MetricsIT {
  private static final String PREFIX = "rig_credentials_";
  private static final String SECRET = "pa55-of-the-metrics";
  private static final String SCRIPT =
      "script.example.org: {script: 'echo bot:%s', expire: 1h}\n".formatted(SECRET);
  private static final String BROKEN = "broken.example.org: {script: 'exit 6'}\n";
  private static final int STRANGER = 20_031;
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private final int port = FreePort.next();
  private final HttpOverTcp http =
      new HttpOverTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  private final Set<String> moved = new TreeSet<>();
  private String host = "";
  private DaemonUnderTest daemon;
  private SharedClient client;
  private Running running;

  @BeforeEach
  void serve() {
    Tool.needRoot("another user");
    host = RegistryServer.start(reaper, PrivateFile.folder(folder.resolve("r")), Map.of()).host();
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .admin("127.0.0.1:" + port)
            .configured("values.yaml", yaml(""));
    client =
        SharedClient.of(
            folder.resolve("bin"),
            daemon.socket(),
            folder,
            daemon.folder(),
            daemon.socket().getParent());
    running = daemon.start();
    var platform = daemon.socket().resolveSibling("platform.sock");
    Eventually.within(SOON, () -> Files.exists(platform), running::stderr);
    assertTrue(running.says("http://127.0.0.1:" + port), running::stderr);
  }

  private static String yaml(String more) {
    return """
    daemon: {socketMode: "0666"}
    rig:
      dockerRegistries:
        static.example.org: {username: bot, password: %s}
    """
            .formatted(SECRET)
        + more.indent(4);
  }

  private void configure(String yaml) {
    PrivateFile.write(daemon.file("values.yaml"), yaml);
  }

  private Exposition scrape() {
    var reply = http.get("/metrics");
    assertEquals(200, reply.status(), reply::toString);
    assertEquals(Exposition.CONTENT_TYPE, reply.header("content-type"));
    assertEquals(List.of(), new Canary(SECRET).foundIn(reply.toString()));
    return Exposition.parse(reply.body());
  }

  /** Runs an event: exactly these families change, and the series increase by these numbers. */
  private Exposition moves(Runnable event, Set<String> families, Map<String, Double> expected) {
    var before = scrape();
    event.run();
    var wanted =
        families.stream().map(PREFIX::concat).collect(Collectors.toCollection(TreeSet::new));
    Eventually.within(
        SOON,
        () -> {
          var now = scrape();
          return changed(before, now).containsAll(wanted)
              && expected.keySet().stream().allMatch(series -> risen(before, now, series) > 0);
        },
        () -> wanted + " and " + expected + ", not " + changed(before, scrape()));
    var after = scrape();
    expected.forEach(
        (series, by) -> assertEquals(by, risen(before, after, series), series + " in " + after));
    var changed = changed(before, after);
    assertEquals(wanted, changed);
    moved.addAll(changed);
    return after;
  }

  /** Returns the changed families, without those that change as time passes. */
  private static Set<String> changed(Exposition before, Exposition after) {
    var changed = after.changedSince(before);
    changed.remove(PREFIX + "lease_expiry_seconds");
    return changed;
  }

  /** Returns the increase of a series that is written as {@code name label=value …}. */
  private static double risen(Exposition before, Exposition after, String series) {
    return value(after, series) - value(before, series);
  }

  private static double value(Exposition exposition, String series) {
    var words = List.of(series.split(" ", -1));
    var labels =
        words.stream()
            .skip(1)
            .map(word -> word.split("=", 2))
            .collect(Collectors.toMap(word -> word[0], word -> word[1]));
    return exposition.value(PREFIX + words.getFirst(), labels);
  }

  private void get(String key, int status) {
    assertEquals(status, client.command("get", key).run().status(), key);
  }

  @Test
  void everyMetricMovesWhenItsEventHappens() {
    var requests = Set.of("requests_total", "request_duration_seconds");
    moves(
        () -> get("static.example.org", 0),
        requests,
        Map.of(
            "requests_total action=get outcome=found", 1.0,
            "request_duration_seconds_count action=get", 1.0,
            "request_duration_seconds_bucket action=get le=+Inf", 1.0));
    moves(
        () -> get("nowhere.example.org", 1),
        requests,
        Map.of("requests_total action=get outcome=not_found", 1.0));
    moves(
        () -> assertEquals(1, client.as(STRANGER, "get", "static.example.org").status()),
        Set.of("requests_total", "request_duration_seconds", "denied_peers_total"),
        Map.of(
            "requests_total action=get outcome=denied", 1.0,
            "denied_peers_total action=get", 1.0));
    registry();
    refusedReload();
    script();
    brokenScript();
    moved.add(PREFIX + "lease_expiry_seconds"); // as script() has seen
    moved.add(PREFIX + "build_info");
    var catalogue =
        new Metrics("", GaugeReadings.NONE)
            .catalogue().stream()
                .map(MetricDescription::name)
                .filter(name -> !name.startsWith(PREFIX + "pull_secret")) // need a cluster
                .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(catalogue, moved, "nothing of the catalogue is left out");
    assertEquals(catalogue, scrape().families(), "and nothing is in a scrape besides");
  }

  /** F14. */
  private void refusedReload() {
    assertEquals(1, value(scrape(), "healthy part=configuration"));
    var refused =
        moves(
            () -> configure("rig: [\n"),
            Set.of("reloads_total", "healthy"),
            Map.of("reloads_total outcome=refused", 1.0));
    assertEquals(0, value(refused, "healthy part=configuration"));
  }

  /** An entry that a reload adds is prefetched. */
  private void script() {
    var lease = "lease_expiry_seconds prefix=script.example.org";
    assertEquals(0, value(scrape(), lease));
    var after =
        moves(
            () -> configure(yaml(SCRIPT)),
            Set.of(
                "reloads_total",
                "healthy",
                "script_runs_total",
                "script_failures_total",
                "script_duration_seconds",
                "lease_state"),
            Map.of(
                "reloads_total outcome=applied", 1.0,
                "healthy part=configuration", 1.0,
                "script_runs_total prefix=script.example.org source=script", 1.0,
                "script_duration_seconds_count prefix=script.example.org source=script", 1.0,
                "lease_state prefix=script.example.org state=live", 1.0));
    double left = value(after, lease);
    assertTrue(left > 3_000 && left <= 3_600, after::toString);
    assertEquals(0, value(after, "script_failures_total prefix=script.example.org source=script"));
    assertEquals(0, value(after, "lease_state prefix=script.example.org state=none"));
    Eventually.within(SOON, () -> value(scrape(), lease) < left, () -> "it runs down");
  }

  private void brokenScript() {
    var after =
        moves(
            () -> configure(yaml(SCRIPT + BROKEN)),
            Set.of(
                "reloads_total",
                "script_runs_total",
                "script_failures_total",
                "script_duration_seconds",
                "lease_state"),
            Map.of(
                "reloads_total outcome=applied", 1.0,
                "script_runs_total prefix=broken.example.org source=script", 1.0,
                "script_failures_total prefix=broken.example.org source=script", 1.0,
                "lease_state prefix=broken.example.org state=failed", 1.0));
    assertEquals(
        1, value(after, "script_runs_total prefix=script.example.org source=script"), "unchanged");
    assertEquals(0, value(after, "lease_expiry_seconds prefix=broken.example.org"));
    get("broken.example.org", 1);
    Eventually.within(
        SOON,
        () -> value(scrape(), "requests_total action=get outcome=failed") == 1,
        () -> scrape().toString());
  }

  private void registry() {
    var before = scrape();
    var after =
        moves(
            () -> assertEquals(1, daemon.commandLine("resolve", host + "/acme/app:1").status()),
            Set.of(
                "requests_total",
                "request_duration_seconds",
                "registry_calls_total",
                "registry_call_duration_seconds"),
            Map.of("requests_total action=platform outcome=not_found", 1.0));
    double calls = risen(before, after, "registry_calls_total outcome=answered");
    assertTrue(calls >= 1, "several calls make one answer");
    double failed = risen(before, after, "registry_calls_total outcome=failed");
    assertTrue(failed >= 1, "this registry speaks no TLS, which is tried first");
    assertEquals(calls + failed, risen(before, after, "registry_call_duration_seconds_count"));
  }
}
