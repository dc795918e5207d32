package dev.rig.credentials.metrics;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.metrics.LeaseReading.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The catalogue, its values in a scrape, and its agreement with the manual. */
class MetricsTest {
  private final List<LeaseReading> leases = new ArrayList<>();
  private final Metrics metrics =
      new Metrics(
          "1.2.3",
          new GaugeReadings() {
            @Override
            public List<LeaseReading> leases() {
              return leases;
            }

            @Override
            public Map<String, Boolean> parts() {
              return Map.of("configuration", false);
            }

            @Override
            public List<ClusterReading> clusters() {
              return List.of(
                  new ClusterReading("prod", 3, 90.5, 2),
                  new ClusterReading("dev", 0, null, 0),
                  new ClusterReading("\u001b[2J", 1, null, 0));
            }
          });

  private String scraped() {
    return metrics.scrape(null).body();
  }

  private void shows(String line) {
    var text = scraped();
    assertTrue(text.lines().anyMatch(line::equals), () -> line + " in " + text);
  }

  /** T24: a cluster may have any name. */
  @Test
  void nameOfAClusterCannotControlATerminal() {
    shows("rig_credentials_pull_secrets{cluster=\"\\\\u001b[2J\"} 1.0");
  }

  @Test
  void pullSecretsAreShownByCluster() {
    shows("rig_credentials_pull_secrets{cluster=\"prod\"} 3.0");
    shows("rig_credentials_pull_secret_expiry_seconds{cluster=\"prod\"} 90.5");
    shows("rig_credentials_pull_secret_failures_total{cluster=\"prod\"} 2.0");
    shows("rig_credentials_pull_secret_failures_total{cluster=\"dev\"} 0.0");
    assertFalse(scraped().contains("pull_secret_expiry_seconds{cluster=\"dev\"}"));
  }

  @Test
  void requestsAreCountedByActionAndOutcome() {
    metrics.request("get", "found", Duration.ofMillis(3));
    metrics.request("get", "found", Duration.ofMillis(700));
    metrics.request("list", "failed", Duration.ofMillis(3));
    shows("rig_credentials_requests_total{action=\"get\",outcome=\"found\"} 2.0");
    shows("rig_credentials_requests_total{action=\"list\",outcome=\"failed\"} 1.0");
    shows("rig_credentials_request_duration_seconds_bucket{action=\"get\",le=\"0.005\"} 1");
    shows("rig_credentials_request_duration_seconds_sum{action=\"get\"} 0.703");
  }

  /** F14: a metric shows a rejected reload. */
  @Test
  void refusedReloadIsCountedAndReadableBeforeTheFirst() {
    shows("rig_credentials_reloads_total{outcome=\"refused\"} 0.0");
    metrics.reload(false);
    metrics.reload(true);
    metrics.reload(false);
    shows("rig_credentials_reloads_total{outcome=\"applied\"} 1.0");
    shows("rig_credentials_reloads_total{outcome=\"refused\"} 2.0");
  }

  @Test
  void scriptRunsHaveSecondsAndFailures() {
    metrics.scriptRun("ghcr.io", "script", false, Duration.ofSeconds(2));
    shows("rig_credentials_script_failures_total{prefix=\"ghcr.io\",source=\"script\"} 0.0");
    metrics.scriptRun("ghcr.io", "script", true, Duration.ofSeconds(3));
    shows("rig_credentials_script_runs_total{prefix=\"ghcr.io\",source=\"script\"} 2.0");
    shows("rig_credentials_script_failures_total{prefix=\"ghcr.io\",source=\"script\"} 1.0");
    shows("rig_credentials_script_duration_seconds_sum{prefix=\"ghcr.io\",source=\"script\"} 5.0");
  }

  @Test
  void registryCallsAndDeniedPeersAreCounted() {
    metrics.registryCall("notFound", Duration.ofSeconds(1));
    metrics.denied("list");
    shows("rig_credentials_registry_calls_total{outcome=\"notFound\"} 1.0");
    shows("rig_credentials_registry_call_duration_seconds_sum 1.0");
    shows("rig_credentials_denied_peers_total{action=\"list\"} 1.0");
  }

  @Test
  void leasesAreReadAtTheScrape() {
    leases.add(new LeaseReading("ghcr.io", State.LIVE, 90.5));
    leases.add(new LeaseReading("a.org", State.FAILED, null));
    shows("rig_credentials_lease_state{prefix=\"ghcr.io\",state=\"live\"} 1.0");
    shows("rig_credentials_lease_state{prefix=\"ghcr.io\",state=\"failed\"} 0.0");
    shows("rig_credentials_lease_expiry_seconds{prefix=\"ghcr.io\"} 90.5");
    shows("rig_credentials_lease_state{prefix=\"a.org\",state=\"failed\"} 1.0");
    shows("rig_credentials_healthy{part=\"configuration\"} 0.0");
    shows("rig_credentials_build_info{version=\"1.2.3\"} 1");
    leases.clear();
    var later = scraped();
    assertFalse(later.contains("ghcr.io"), later); // a removed entry is no longer shown
  }

  @Test
  void clientThatAcceptsOpenMetricsGetsIt() {
    var plain = metrics.scrape("text/plain");
    var open = metrics.scrape("application/openmetrics-text; version=1.0.0");
    assertAll(
        () -> assertTrue(plain.contentType().startsWith("text/plain"), plain::contentType),
        () -> assertTrue(open.contentType().contains("openmetrics"), open::contentType),
        () -> assertTrue(open.body().endsWith("# EOF\n"), open::body));
  }

  @Test
  void everythingScrapedIsInTheCatalogueWithItsType() {
    leases.add(new LeaseReading("ghcr.io", State.LIVE, 90.0));
    metrics.request("get", "found", Duration.ZERO);
    metrics.denied("get");
    metrics.scriptRun("ghcr.io", "script", true, Duration.ZERO);
    metrics.registryCall("ok", Duration.ZERO);
    var types =
        scraped()
            .lines()
            .filter(line -> line.startsWith("# TYPE "))
            .map(line -> line.substring("# TYPE ".length()))
            .collect(Collectors.toSet());
    var described =
        metrics.catalogue().stream()
            .map(one -> one.name() + " " + (one.type().equals("info") ? "gauge" : one.type()))
            .collect(Collectors.toSet());
    assertEquals(described, types);
  }

  @Test
  void manualHasTheTableOfTheCatalogue() throws IOException {
    var page = Path.of(System.getProperty("basedir", "")).resolve("docs/metrics.md");
    var rows =
        metrics.catalogue().stream()
            .map(one ->
                "| `%s` | %s | %s | %s |"
                    .formatted(
                        one.name(),
                        one.type(),
                        one.labels().stream()
                            .map(label -> "`" + label + "`")
                            .collect(Collectors.joining(", ")),
                        one.help()))
            .collect(Collectors.joining("\n"));
    var written =
        Files.readString(page)
            .lines()
            .filter(line -> line.startsWith("| `rig_credentials_"))
            .collect(Collectors.joining("\n"));
    assertEquals(rows, written);
  }
}
