package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The daemon on every node. */
class NodesTest {
  private static final Chart CHART = Chart.ours();
  private static final String INSTALLED = "/etc/rig-credentials/kubelet";

  private static JsonNode pod(Map<String, String> settings) {
    return CHART
        .render(settings, CHART.example("nodes"))
        .one("DaemonSet", "rig-credentials-nodes")
        .at("/spec/template");
  }

  private static List<String> words(JsonNode container, String field) {
    return container.path(field).valueStream().map(JsonNode::asText).toList();
  }

  /** The template states the reason for each. */
  @Test
  void onlyDeclaredRightsDepartFromRestrictedPodSecurity() {
    var host =
        List.of(
            "rig-credentials-install: hostPath",
            "rig-credentials-run: hostPath",
            "rig-credentials-state: hostPath");
    assertEquals(
        List.of(host, List.of("install: root", "install: CHOWN")).stream()
            .flatMap(List::stream)
            .toList(),
        PodSecurity.violations(pod(Map.of()).path("spec")));
    var job = CHART.render(CHART.example("remove")).all("Job").getFirst();
    assertEquals(
        List.of(List.of("hostPID"), host, List.of("remove: root", "remove: CHOWN")).stream()
            .flatMap(List::stream)
            .toList(),
        PodSecurity.violations(job.at("/spec/template/spec")));
  }

  @Test
  void installedSocketAndFlagsMatchTheServedSocketAndTheNotes() {
    var spec = pod(Map.of()).path("spec");
    var install = spec.at("/initContainers/0");
    var serve = words(spec.at("/containers/0"), "args");
    assertEquals("/run/rig-credentials/credentials.sock", serve.get(serve.indexOf("--socket") + 1));
    assertEquals("0600", serve.get(serve.indexOf("--socket-mode") + 1));
    assertEquals("1h", serve.get(serve.indexOf("--prefetch-spread") + 1));
    assertTrue(install.path("env").toString().contains("\"value\":\"" + INSTALLED + "\""));
    assertTrue(
        install.path("volumeMounts").toString().contains("\"mountPath\":\"" + INSTALLED + "\""),
        "the flags that it prints are those of the host");
    var notes = CHART.notes(CHART.example("nodes"));
    assertTrue(
        notes.contains("--image-credential-provider-bin-dir=" + INSTALLED + "/bin\n"), notes);
    assertTrue(
        notes.contains(
            "--image-credential-provider-config=" + INSTALLED + "/credential-provider.yaml\n"),
        notes);
    assertEquals(
        "/etc/rig-credentials/key/sealing.key", serve.get(serve.indexOf("--sealing-key-file") + 1));
  }

  @Test
  void flagsForTokensAreInTheKubeletsConfiguration() {
    var install =
        CHART
            .render(CHART.example("nodes-pod-identity"))
            .one("DaemonSet", "rig-credentials-nodes")
            .at("/spec/template/spec/initContainers/0");
    assertEquals(
        List.of(
            "--config",
            "/etc/rig-credentials/config",
            "--service-account-cache-type=Token",
            "--service-account-audience=sts.amazonaws.com",
            "--required-annotation=eks.amazonaws.com/role-arn"),
        words(install, "args"));
  }

  @Test
  void podsAreReplacedOnlyWhenTheKubeletsConfigurationChanges() {
    var before = pod(Map.of());
    assertEquals(
        before, pod(Map.of("rig.dockerRegistries.index\\.docker\\.io.password", "another")));
    assertEquals(before, pod(Map.of("daemon.log.level", "debug")));
    for (var change :
        List.of(
            "rig.dockerRegistries.ghcr\\.io.script",
            "rig.dockerRegistries.index\\.docker\\.io.serviceAccount",
            "nodes.kubelet.serviceAccountAudience",
            "configuration.from[0].secret")) {
      assertNotEquals(before, pod(Map.of(change, "optional")), change);
    }
  }

  /** F24: the second daemon on a socket ends. */
  @Test
  void neverTwoDaemonsOnANode() {
    var strategy =
        CHART
            .render(CHART.example("nodes"))
            .one("DaemonSet", "rig-credentials-nodes")
            .at("/spec/updateStrategy/rollingUpdate");
    assertEquals(0, strategy.path("maxSurge").asInt(1));
  }

  @Test
  void onTheHostsNetworkTheAdminPortStaysOnLoopback() {
    var settings = Map.of("nodes.hostNetwork", "true");
    var spec = pod(settings).path("spec");
    var daemon = spec.at("/containers/0");
    var serve = words(daemon, "args");
    assertEquals("127.0.0.1:9465", serve.get(serve.indexOf("--admin") + 1));
    assertEquals("127.0.0.1", daemon.at("/livenessProbe/httpGet/host").asText());
    assertEquals("127.0.0.1", daemon.at("/readinessProbe/httpGet/host").asText());
    assertEquals(List.of(), CHART.render(settings, CHART.example("nodes")).all("NetworkPolicy"));
    assertThrows(
        RuntimeException.class,
        () ->
            CHART.render(
                Map.of("nodes.hostNetwork", "true", "metrics.podMonitor.enabled", "true"),
                CHART.example("nodes")));
  }

  @Test
  void removingLeavesNoDaemonAndHasAJobOnEachNode() {
    var rendered = CHART.render(CHART.example("remove"));
    assertEquals(List.of(), rendered.all("DaemonSet"));
    assertEquals(
        List.of("node-a", "node-b"),
        rendered.all("Job").stream()
            .map(job -> job.at("/spec/template/spec/nodeName").asText())
            .sorted()
            .toList());
    assertTrue(
        CHART.notes(CHART.example("remove")).contains("REMOVING the files from 2 nodes"),
        () -> CHART.notes(CHART.example("remove")));
  }
}
