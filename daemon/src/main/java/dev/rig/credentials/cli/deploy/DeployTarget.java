package dev.rig.credentials.cli.deploy;

import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.dev.StateOption;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.ClusterSettings;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.dev.DevHost;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The destination of a deployment: a configured cluster and its development registry. */
final class DeployTarget {
  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "A configured cluster. Default: the only one.")
  private @Nullable String cluster;

  @Option(
      names = "--registry",
      paramLabel = "HOST",
      description =
          "The development registry. Default: the cluster's devRegistry.host, or that of \"dev"
              + " up\".")
  private @Nullable String registry;

  @Mixin private ConfigOptions config = new ConfigOptions();
  @Mixin private StateOption state = new StateOption();

  private @Nullable Configuration loaded;

  /** Returns the configuration; an empty one if no file exists. */
  Configuration configuration(Console console) {
    var known = loaded;
    if (known == null) {
      known = config.loadIfThere(console);
      loaded = known;
    }
    return known;
  }

  /**
   * Returns the cluster's name; empty if none is configured.
   *
   * @throws CommandException if it is not configured, or several are and none was named
   */
  Optional<String> cluster(Console console) {
    var clusters = configuration(console).clusters();
    if (cluster != null) {
      if (!clusters.containsKey(cluster)) {
        throw new CommandException(
            ExitStatus.USAGE,
            "there is no cluster %s; configured are: %s"
                .formatted(cluster, String.join(", ", clusters.keySet())));
      }
      return Optional.of(cluster);
    }
    if (clusters.size() > 1) {
      throw new CommandException(
          ExitStatus.USAGE, "choose with --cluster: " + String.join(", ", clusters.keySet()));
    }
    return clusters.keySet().stream().findFirst();
  }

  /**
   * Returns the cluster to deploy to.
   *
   * @throws CommandException if none can be reached
   */
  String access(Console console) {
    return reachable(console)
        .orElseThrow(() ->
            new CommandException(
                ExitStatus.FAILED,
                "there is no cluster to deploy to: give one of rig.clusters a url"));
  }

  /**
   * Returns the cluster if its API can be reached: it has a url, or this process runs in a cluster.
   */
  Optional<String> reachable(Console console) {
    return cluster(console)
        .filter(name -> {
          var settings = configuration(console).clusters().get(name);
          return settings != null
              && (settings.url() != null || console.variable("KUBERNETES_SERVICE_HOST") != null);
        });
  }

  /**
   * Returns an image of the cluster's development registry under its name outside; other images
   * unchanged.
   */
  String outside(Console console, String image) {
    var settings =
        cluster(console).map(name -> configuration(console).clusters().get(name)).orElse(null);
    var dev = settings == null ? null : settings.devRegistry();
    return dev != null
            && dev.host() != null
            && dev.clusterHost() != null
            && image.startsWith(dev.clusterHost() + "/")
        ? dev.host() + image.substring(dev.clusterHost().length())
        : image;
  }

  /**
   * Returns the development registry.
   *
   * @throws CommandException if no development registry is configured or running
   */
  DevHost devHost(Console console) throws InterruptedException {
    var settings =
        cluster(console).map(name -> configuration(console).clusters().get(name)).orElse(null);
    var configured = settings == null ? null : settings.devRegistry();
    var host = registry;
    if (host == null && configured != null) {
      host = configured.host();
    }
    if (host == null) {
      host =
          state
              .with(console, dev -> dev.status())
              .map(found -> found.host())
              .orElseThrow(() ->
                  new CommandException(
                      ExitStatus.FAILED,
                      "there is no development registry to push to: run \"rig-credentials dev up\","
                          + " set devRegistry.host of the cluster, or pass --registry HOST"));
    }
    return new DevHost(host, clusterHost(host, configured));
  }

  private static String clusterHost(
      String host, ClusterSettings.@Nullable DevRegistryHosts configured) {
    return configured != null && host.equals(configured.host())
        ? Objects.requireNonNullElse(configured.clusterHost(), host)
        : host;
  }

  /**
   * Creates the delivery of images; a development registry on this machine is trusted by its own
   * certificate authority.
   */
  @SuppressWarnings("MustBeClosedChecker") // the caller closes it
  ImageDelivery delivery(Console console, boolean errTerminal, SocketOption socket)
      throws InterruptedException {
    return new ImageDelivery(
        console,
        errTerminal,
        socket.client(console),
        configuration(console),
        state.with(console, dev -> dev.authorities()));
  }

  StateOption state() {
    return state;
  }
}
