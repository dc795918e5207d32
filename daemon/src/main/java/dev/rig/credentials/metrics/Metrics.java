package dev.rig.credentials.metrics;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of the daemon. Names follow Prometheus' conventions; labels have few values, which
 * come from this program or the configuration, never from a peer.
 */
public final class Metrics {
  /** Bounds in seconds: a cached answer takes tens of microseconds, a script up to minutes. */
  private static final double[] REQUEST_BOUNDS = {
    0.0001, 0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 2.5, 10, 30
  };

  private static final double[] SCRIPT_BOUNDS = {
    0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusProperties properties = PrometheusProperties.builder().build();
  private final List<MetricDescription> descriptions = new ArrayList<>();

  private final Counter requests =
      counter(
          "rig_credentials_requests_total",
          "Requests that were answered, on all sockets.",
          "action",
          "outcome");
  private final Histogram requestSeconds =
      histogram(
          "rig_credentials_request_duration_seconds",
          "Time to an answer, including a script that it waited for.",
          REQUEST_BOUNDS,
          "action");
  private final Counter denied =
      counter(
          "rig_credentials_denied_peers_total", "Requests that the access rules denied.", "action");
  private final Counter scriptRuns =
      counter(
          "rig_credentials_script_runs_total",
          "Runs of an entry's script, helper or provider that ended.",
          "prefix",
          "source");
  private final Counter scriptFailures =
      counter(
          "rig_credentials_script_failures_total",
          "Runs of an entry's script, helper or provider that gave no credential.",
          "prefix",
          "source");
  private final Histogram scriptSeconds =
      histogram(
          "rig_credentials_script_duration_seconds",
          "Duration of a run of a script, helper or provider, including its wait for a turn.",
          SCRIPT_BOUNDS,
          "prefix",
          "source");
  private final Counter reloads =
      counter(
          "rig_credentials_reloads_total",
          "Changed configurations, applied or refused; after a refused one the last valid one stays"
              + " in use.",
          "outcome");
  private final Counter registryCalls =
      counter(
          "rig_credentials_registry_calls_total",
          "Calls to registries, to validate images and list tags.",
          "outcome");
  private final Histogram registrySeconds =
      histogram(
          "rig_credentials_registry_call_duration_seconds",
          "Duration of calls to registries.",
          SCRIPT_BOUNDS);

  /**
   * Creates the metrics with counters at zero.
   *
   * @param version the daemon's version
   * @param readings read at each scrape, on the scraping thread
   */
  public Metrics(String version, GaugeReadings readings) {
    gauge(
        "rig_credentials_lease_state",
        "1 for the state that the entry's lease is in: live, stale, failed or none.",
        gauge -> {
          for (var lease : readings.leases()) {
            for (var state : LeaseReading.State.values()) {
              gauge.call(state == lease.state() ? 1 : 0, lease.prefix(), word(state));
            }
          }
        },
        "prefix",
        "state");
    gauge(
        "rig_credentials_lease_expiry_seconds",
        "Seconds until the entry's lease expires; absent without a lease and for one that does not"
            + " expire.",
        gauge -> {
          for (var lease : readings.leases()) {
            if (lease.secondsLeft() != null) {
              gauge.call(lease.secondsLeft(), lease.prefix());
            }
          }
        },
        "prefix");
    gauge(
        "rig_credentials_healthy",
        "1 if the component is healthy, otherwise 0.",
        gauge -> readings.parts().forEach((part, well) -> gauge.call(well ? 1 : 0, part)),
        "part");
    gauge(
        "rig_credentials_pull_secrets",
        "Pull secrets that this daemon keeps in the cluster; 0 while another daemon keeps them.",
        gauge ->
            readings.clusters().forEach(one -> gauge.call((double) one.secrets(), one.cluster())),
        "cluster");
    gauge(
        "rig_credentials_pull_secret_expiry_seconds",
        "Seconds until the first of the cluster's pull secrets expires; absent if none expires.",
        gauge -> {
          for (var one : readings.clusters()) {
            if (one.secondsLeft() != null) {
              gauge.call(one.secondsLeft(), one.cluster());
            }
          }
        },
        "cluster");
    var failures = "rig_credentials_pull_secret_failures_total";
    var failuresHelp = "Requests to the cluster and watches of it that failed.";
    CounterWithCallback.builder(properties)
        .name(failures)
        .help(failuresHelp)
        .labelNames("cluster")
        .callback(counter ->
            readings
                .clusters()
                .forEach(one -> counter.call((double) one.failures(), one.cluster())))
        .register(registry);
    describe(failures, "counter", failuresHelp, "cluster");
    var build = "rig_credentials_build_info";
    var buildHelp = "Always 1; the version is its label.";
    Info.builder(properties)
        .name(build)
        .help(buildHelp)
        .labelNames("version")
        .register(registry)
        .addLabelValues(version);
    describe(build, "info", buildHelp, "version");
    for (var outcome : List.of("applied", "refused")) {
      reloads.initLabelValues(
          outcome); // present from the start, because a rate of an absent counter triggers no alert
    }
  }

  /**
   * Counts an answered request.
   *
   * @param action the name of an action; never text of a peer
   * @param outcome one word of a fixed set
   */
  public void request(String action, String outcome, Duration took) {
    requests.labelValues(action, outcome).inc();
    requestSeconds.labelValues(action).observe(seconds(took));
  }

  /** Counts a denied request, which also counts as answered. */
  public void denied(String action) {
    denied.labelValues(action).inc();
  }

  /**
   * Counts a run of a script.
   *
   * @param prefix the entry's prefix
   * @param source what ran: {@code script}, {@code helper}, or the provider's name
   * @param failed whether it gave no credential
   */
  public void scriptRun(String prefix, String source, boolean failed, Duration took) {
    scriptRuns.labelValues(prefix, source).inc();
    scriptSeconds.labelValues(prefix, source).observe(seconds(took));
    var failures = scriptFailures.labelValues(prefix, source); // present from the first run
    if (failed) {
      failures.inc();
    }
  }

  /** Counts a changed configuration, applied or rejected (F14). */
  public void reload(boolean applied) {
    reloads.labelValues(applied ? "applied" : "refused").inc();
  }

  /**
   * Counts a call to a registry.
   *
   * @param outcome one word of a fixed set
   */
  public void registryCall(String outcome, Duration took) {
    registryCalls.labelValues(outcome).inc();
    registrySeconds.observe(seconds(took));
  }

  /** Returns the catalogue, in the order of the names; docs/metrics.md has it as a table. */
  public List<MetricDescription> catalogue() {
    return descriptions.stream()
        .sorted((one, other) -> one.name().compareTo(other.name()))
        .toList();
  }

  /**
   * The result of a scrape.
   *
   * @param contentType the format's media type
   */
  public record Exposition(String contentType, String body) {}

  /**
   * Returns all current values.
   *
   * @param accept the {@code Accept} header of the request; null for Prometheus' plain text
   */
  public Exposition scrape(@Nullable String accept) {
    var writer = ExpositionFormats.init(properties).findWriter(accept);
    var body = new ByteArrayOutputStream();
    try {
      writer.write(body, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array does not fail
    }
    return new Exposition(writer.getContentType(), body.toString(StandardCharsets.UTF_8));
  }

  private static double seconds(Duration took) {
    return took.toNanos() / 1e9;
  }

  private static String word(LeaseReading.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private Counter counter(String name, String help, String... labels) {
    var counter =
        Counter.builder(properties)
            .name(name)
            .help(help)
            .labelNames(labels)
            .withoutExemplars()
            .register(registry);
    describe(name, "counter", help, labels);
    return counter;
  }

  private Histogram histogram(String name, String help, double[] bounds, String... labels) {
    var histogram =
        Histogram.builder(properties)
            .name(name)
            .help(help)
            .labelNames(labels)
            .classicOnly()
            .classicUpperBounds(bounds)
            .withoutExemplars()
            .register(registry);
    describe(name, "histogram", help, labels);
    return histogram;
  }

  private void gauge(
      String name, String help, Consumer<GaugeWithCallback.Callback> callback, String... labels) {
    GaugeWithCallback.builder(properties)
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(callback)
        .register(registry);
    describe(name, "gauge", help, labels);
  }

  private void describe(String name, String type, String help, String... labels) {
    descriptions.add(new MetricDescription(name, type, List.of(labels), help));
  }
}
