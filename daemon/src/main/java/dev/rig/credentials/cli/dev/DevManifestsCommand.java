package dev.rig.credentials.cli.dev;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.dev.DevException;
import dev.rig.credentials.dev.DevManifests;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what makes a development registry inside a cluster. */
@Command(
    name = "manifests",
    mixinStandardHelpOptions = true,
    description = {
      "Print the Secret, the Service and the Deployment of a registry inside a cluster, or the Helm"
          + " values that register it.",
      "rig-credentials dev manifests | kubectl apply -f -",
      "rig-credentials dev manifests --values > dev-registry.yaml",
      "Both are of one login, which is kept sealed: printing them again changes nothing."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:printed", "1:they cannot be made, and stderr tells why"})
final class DevManifestsCommand implements Callable<Integer> {
  @Option(
      names = "--values",
      arity = "0",
      description = "Print the Helm values, which hold the password.")
  private boolean values;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "Where in the cluster; default when unset.")
  private String namespace = "default";

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "The cluster's name in the values; kind when unset.")
  private String cluster = "kind";

  @Option(
      names = "--node-port",
      paramLabel = "PORT",
      description = "Its port on every node; 30000 when unset.")
  private int nodePort = 30_000;

  @Option(
      names = "--host",
      paramLabel = "HOST:PORT",
      description = "What images are pushed to from outside; localhost:PORT when unset.")
  private @Nullable String host;

  @Option(
      names = "--cluster-host",
      paramLabel = "SERVICE:PORT",
      description = "What images are pulled from inside; registry:5000 when unset.")
  private String clusterHost = "registry:5000";

  @Option(
      names = "--storage",
      paramLabel = "SIZE",
      description = "Keep images in a volume of that size; with the pod alone when unset.")
  private @Nullable String storage;

  @Mixin private StateOption state = new StateOption();

  private final Console console;

  DevManifestsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try {
      var outside = host == null ? "localhost:" + nodePort : host;
      var place =
          new DevManifests.ManifestTarget(
              namespace, cluster, outside, clusterHost, nodePort, storage);
      var manifests = new DevManifests(state.folder(console), console.environment());
      console.out().print(values ? manifests.values(place) : manifests.manifests(place));
      return ExitStatus.OK;
    } catch (DevException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    }
  }
}
