package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.kube.KubeCluster;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of the CIS benchmark for a node, before and after the DaemonSet has installed. */
@Tag("cluster")
class KubeBenchIT {
  private static final Duration START = Duration.ofMinutes(3);
  private static final String MODULE = "github.com/aquasecurity/kube-bench";

  /** The newest that this kube-bench has. */
  private static final String BENCHMARK = "cis-1.12";

  /** Where kubeadm has the kubelet's configuration, and so where kube-bench looks for it. */
  private static final String CONFIG = "/var/lib/kubelet/config.yaml";

  private static final String COPY_CONFIG =
      """
      set -e
      mkdir -p "${0%/*}"
      cp "$(ps -C kubelet -o args= | sed 's/.* --config=\\([^ ]*\\).*/\\1/')" "$0"
      chmod 600 "$0"
      """;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  @Test
  void installationOnANodeChangesNoResultOfItsChecks() throws IOException {
    var cluster =
        new KubeCluster(
            reaper,
            folder.resolve("c"),
            RegistryServer.start(reaper, folder.resolve("r"), Map.of()),
            "pause");
    on(cluster, Command.of("/bin/sh", "-c", COPY_CONFIG, CONFIG)).succeeded();
    var before = results(cluster);
    assertTrue(before.containsValue("PASS"), before::toString);
    assertEquals("FAIL", before.get("4.2.1"), "this kubelet permits anonymous requests");

    var flags =
        install(cluster)
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("--image-credential-provider-"))
            .toList();
    assertEquals(2, flags.size(), flags::toString);
    cluster.node().startKubelet(flags);
    Eventually.within(
        START,
        () -> on(cluster, Command.of("/bin/ps", "-fC", "kubelet")).stdout().contains(flags.get(1)),
        () -> cluster.node().kubeletLog());

    System.out.println("kube-bench " + BENCHMARK + " on a node: " + before);
    assertEquals(before, results(cluster));
  }

  private static ProgramResult on(KubeCluster cluster, Command command) {
    return cluster.node().with(command).run();
  }

  /**
   * The results ({@code PASS}, {@code FAIL}, {@code WARN}, {@code INFO}) by the checks' numbers.
   */
  private static Map<String, String> results(KubeCluster cluster) {
    var run =
        Command.of(
            GoModule.KUBE_BENCH.program("kube-bench"),
            "run",
            "--targets=node",
            "--benchmark=" + BENCHMARK,
            "--config-dir=" + GoModule.KUBE_BENCH.source(MODULE).resolve("cfg"),
            "--json");
    var results = new TreeMap<String, String>();
    for (var controls : Chart.json(on(cluster, run).succeeded().stdout()).get("Controls")) {
      for (var group : controls.get("tests")) {
        for (var check : group.get("results")) {
          results.put(check.get("test_number").asText(), check.get("status").asText());
        }
      }
    }
    return results;
  }

  /** Runs the DaemonSet's first container on the node, with its folders; returns its output. */
  private static String install(KubeCluster cluster) throws IOException {
    var rendered = Chart.ours().render(Chart.ours().example("nodes"));
    var container =
        rendered
            .one("DaemonSet", "rig-credentials-nodes")
            .at("/spec/template/spec/initContainers/0");
    var config = rendered.one("Secret", "rig-credentials-nodes").at("/data/config.yaml").asText();
    var folder = cluster.node().file("/etc/rig-credentials/config");
    Files.createDirectories(folder);
    Files.write(folder.resolve("config.yaml"), Base64.getDecoder().decode(config));
    var words =
        new ArrayList<Object>(
            List.of(
                "/bin/sh",
                "-c",
                "mkdir -p \"$INSTALL\" \"$RUN\" \"$STATE\"; PATH=$0:$PATH exec \"$@\"",
                Distribution.daemon().getParent()));
    for (var list : List.of("command", "args")) {
      container.get(list).forEach(word -> words.add(word.asText()));
    }
    var command = Command.of(words.toArray());
    for (JsonNode variable : container.get("env")) {
      command = command.with(variable.get("name").asText(), variable.path("value").asText());
    }
    return on(cluster, command).succeeded().stdout();
  }
}
