package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.rig.credentials.testing.kube.KubeApiServer;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A release on nodes from its installation to its end, as in the chart's README, with a real {@code
 * kube-apiserver}; there are no controllers, so no pod runs.
 */
abstract class ReleaseCases {
  static final String NAME = "rig-credentials";
  static final String NAMESPACE = "rig-system";

  private static final String CORE = "/api/v1/namespaces/" + NAMESPACE;
  private static final List<String> RESOURCES =
      List.of(
          CORE + "/configmaps",
          CORE + "/secrets",
          CORE + "/serviceaccounts",
          "/apis/apps/v1/namespaces/" + NAMESPACE + "/daemonsets",
          "/apis/batch/v1/namespaces/" + NAMESPACE + "/jobs",
          "/apis/networking.k8s.io/v1/namespaces/" + NAMESPACE + "/networkpolicies");

  @TempDir Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  @AutoClose private KubeApiServer server;
  Path kubeconfig;

  /** Installs the chart. */
  abstract void install(Path values);

  /** Changes single values of the release, as with {@code --reuse-values --set}. */
  abstract void upgrade(Map<String, String> settings);

  abstract void uninstall();

  @BeforeEach
  void start() {
    server = new KubeApiServer(reaper, folder.resolve("k"));
    server.create("/api/v1/namespaces", "metadata: {name: " + NAMESPACE + "}");
    kubeconfig = server.kubeconfig();
  }

  /** Returns the uids of the release's objects by their path. */
  private Map<String, String> objects() {
    var objects = new TreeMap<String, String>();
    for (var resource : RESOURCES) {
      var answer =
          server.ask("GET", resource + "?labelSelector=app.kubernetes.io%2Finstance=" + NAME);
      assertEquals(200, answer.status(), answer::body);
      var kind = resource.substring(resource.lastIndexOf('/') + 1);
      for (var object : Chart.json(answer.body()).path("items")) {
        objects.put(
            kind + "/" + object.at("/metadata/name").asText(), object.at("/metadata/uid").asText());
      }
    }
    return objects;
  }

  private List<String> jobs() {
    return objects().keySet().stream().filter(name -> name.startsWith("jobs/")).toList();
  }

  @Test
  void releaseOnNodesIsInstalledChangedRemovedFromNodesAndGone() {
    install(Chart.ours().example("nodes"));
    var installed = objects();
    assertEquals(
        List.of(
            "daemonsets/rig-credentials-nodes",
            "networkpolicies/rig-credentials-nodes",
            "secrets/rig-credentials-nodes",
            "serviceaccounts/rig-credentials-nodes"),
        List.copyOf(installed.keySet()));

    upgrade(Map.of("container.image.tag", "v2", "nodes.podLabels.a", "b"));
    assertEquals(installed, objects(), "none is made again");

    upgrade(Map.of("nodes.remove[0]", "node-a", "nodes.remove[1]", "node-b"));
    var first = jobs();
    assertEquals(2, first.size(), first::toString);
    assertEquals(first, List.copyOf(objects().keySet()), "nothing else is left");

    // A failed Job does not run again by itself, and its pod template cannot be changed.
    upgrade(Map.of("container.image.tag", "v3"));
    var second = jobs();
    assertEquals(2, second.size(), second::toString);
    assertNotEquals(first, second);

    uninstall();
    assertEquals(Map.of(), objects());
  }
}
