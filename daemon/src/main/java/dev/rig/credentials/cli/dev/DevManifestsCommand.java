package dev.rig.credentials.cli.dev;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.dev.DevException;
import dev.rig.credentials.dev.DevManifests;
import dev.rig.credentials.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the manifests of a development registry inside a cluster. */
@Command(
    name = "manifests",
    mixinStandardHelpOptions = true,
    description = {
      "Print the objects of a registry inside a cluster, the Helm values that register it, or the"
          + " file by which the nodes find it.",
      "rig-credentials dev manifests | kubectl apply -f -",
      "rig-credentials dev manifests --values > dev-registry.yaml",
      "rig-credentials dev manifests --containerd",
      "All use one login, which is stored sealed: printing them again changes nothing."
    },
    exitCodeList = {"0:printed", "1:they cannot be generated; stderr says why"})
final class DevManifestsCommand implements Callable<Integer> {
  @Option(
      names = "--values",
      arity = "0",
      description = "Print the Helm values, which contain the password.")
  private boolean values;

  @Option(
      names = "--containerd",
      paramLabel = "DIR",
      arity = "0..1",
      fallbackValue = "",
      description = {
        "Print the hosts.toml of a node's containerd. With DIR, for example"
            + " /etc/containerd/certs.d, write it into DIR."
      })
  private @Nullable Path containerd;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "The namespace. Default: rig-system.")
  private String namespace = "rig-system";

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "The cluster's name in the values. Default: kind.")
  private String cluster = "kind";

  @Option(
      names = "--node-port",
      paramLabel = "PORT",
      description = "Its port on every node. Default: 30000.")
  private int nodePort = 30_000;

  @Option(
      names = "--host",
      paramLabel = "HOST:PORT",
      description = "The host for pushes from outside. Default: localhost:PORT.")
  private @Nullable String host;

  @Option(
      names = "--cluster-host",
      paramLabel = "SERVICE:PORT",
      description = {
        "The host for pulls inside, which every namespace must resolve. Default:"
            + " registry.NAMESPACE.svc:5000."
      })
  private @Nullable String clusterHost;

  @Option(
      names = "--storage",
      paramLabel = "SIZE",
      description = {
        "The size of the volume for the images. Default: 10Gi. \"none\" keeps them only as long as"
            + " the pod."
      })
  private String storage = "10Gi";

  @Mixin private StateOption state = new StateOption();

  private final Console console;

  DevManifestsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try {
      var outside = host == null ? "localhost:" + nodePort : host;
      var inside = clusterHost == null ? "registry.%s.svc:5000".formatted(namespace) : clusterHost;
      var place =
          new DevManifests.ManifestTarget(
              namespace,
              cluster,
              outside,
              inside,
              nodePort,
              storage.equals("none") ? null : storage);
      if (containerd != null) {
        containerd(containerd, place);
        return ExitStatus.OK;
      }
      var manifests = new DevManifests(state.folder(console), console.environment());
      console.out().print(values ? manifests.values(place) : manifests.manifests(place));
      return ExitStatus.OK;
    } catch (IOException e) {
      throw new CommandException(ExitStatus.FAILED, "cannot write hosts.toml: " + e.getMessage());
    } catch (DevException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    }
  }

  /** Writes the file readable for all users of the node: it contains no login. */
  private void containerd(Path folder, DevManifests.ManifestTarget place) throws IOException {
    if (folder.toString().isEmpty()) {
      console.out().print(DevManifests.hosts(place));
      return;
    }
    var file = folder.resolve(place.clusterHost()).resolve("hosts.toml");
    Files.createDirectories(file.getParent());
    var content = DevManifests.hosts(place).getBytes(StandardCharsets.UTF_8);
    AtomicFile.replace(file, content, "rw-r--r--", null);
    console.out().println(file);
  }
}
