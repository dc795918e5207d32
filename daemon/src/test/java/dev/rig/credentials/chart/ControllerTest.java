package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rig.credentials.metrics.GaugeReadings;
import dev.rig.credentials.metrics.MetricDescription;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.testing.kube.RbacRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a controller that keeps pull secrets. */
class ControllerTest {
  private static final Chart CHART = Chart.ours();
  private static final String NAME = "rig-credentials-controller";

  @TempDir private Path folder;

  private static Chart.Rendered rendered(Map<String, String> settings) {
    return CHART.render(settings, CHART.example("controller"));
  }

  private static JsonNode pod(Chart.Rendered rendered) {
    return rendered.one("Deployment", NAME).at("/spec/template");
  }

  @Test
  void podMeetsRestrictedPodSecurityAndHasTheTokenOfItsOwnAccount() {
    var pod = pod(rendered(Map.of())).path("spec");
    assertEquals(List.of(), PodSecurity.violations(pod));
    assertTrue(pod.path("automountServiceAccountToken").asBoolean());
    assertEquals(NAME, pod.path("serviceAccountName").asText());
    assertEquals(
        NAME, rendered(Map.of()).one("ServiceAccount", NAME).at("/metadata/name").asText());
  }

  @Test
  void nothingElseIsCreatedByDefault() {
    var kinds =
        rendered(Map.of()).objects().stream()
            .map(object -> object.path("kind").asText())
            .collect(Collectors.toSet());
    assertFalse(kinds.contains("DaemonSet"), kinds::toString);
    assertFalse(kinds.contains("ConfigMap"), kinds::toString);
    assertEquals(
        List.of(),
        CHART.render(Map.of(), CHART.example("nodes")).all("Deployment"),
        "only where it is enabled");
  }

  @Test
  void configurationHasTheClustersAndDeniesOtherUsers() {
    var secret = rendered(Map.of()).one("Secret", NAME);
    var config =
        new String(
            Base64.getDecoder().decode(secret.at("/data/config.yaml").asText()),
            StandardCharsets.UTF_8);
    assertTrue(config.contains("acme.example/pulls: internal"), config);
    assertFalse(config.contains("access:"), config);
  }

  @Test
  void rightsAreExactlyThoseThatItsGroupsNeed() {
    var rendered = rendered(Map.of());
    var everywhere = RbacRules.of(rendered.all("ClusterRole").getFirst().toString()).granted();
    assertTrue(everywhere.contains("delete /pods"), everywhere::toString);
    assertTrue(everywhere.contains("watch /namespaces"), everywhere::toString);
    assertFalse(everywhere.contains("list rig.dev/capsules"), everywhere::toString);
    assertEquals(
        List.of("billing", "rig-system", "shop"),
        rendered.all("Role").stream()
            .map(role -> role.at("/metadata/namespace").asText())
            .sorted()
            .toList());
    for (var binding : rendered.all("RoleBinding")) {
      assertEquals(NAME, binding.at("/subjects/0/name").asText());
    }
  }

  @Test
  void namedNamespacesNeedNoClusterRole() throws IOException {
    var values =
        Files.writeString(
            folder.resolve("values.yaml"),
            """
            container: {image: {repository: registry.acme.example/rig-credentials}}
            rig:
              clusters:
                here: {pullSecrets: {namespaces: {names: [shop]}, registries: [ghcr.io]}}
            sidecar: {enabled: false}
            controller: {enabled: true, replicas: 1}
            """);
    var rendered = CHART.render(Map.of(), values);
    assertEquals(List.of(), rendered.all("ClusterRole"));
    assertEquals(List.of(), rendered.all("PodDisruptionBudget"), "one pod must be replaceable");
    assertEquals(
        1,
        CHART.render(Map.of("controller.replicas", "3"), values).all("PodDisruptionBudget").size());
  }

  @Test
  void onlyTheAdminPortIsReachableAndOnlyForNamedPeers() {
    var closed = rendered(Map.of()).one("NetworkPolicy", NAME);
    assertEquals("[]", closed.at("/spec/ingress").toString());
    assertEquals(
        "controller",
        closed.at("/spec/podSelector/matchLabels/app.kubernetes.io~1component").asText());
  }

  @Test
  void alertsUseExistingMetrics() {
    var rule = rendered(Map.of()).all("PrometheusRule").getFirst();
    var alerts = rule.at("/spec/groups/0/rules");
    assertEquals(
        List.of(
            "RigCredentialsLeaseNotRenewed",
            "RigCredentialsUnhealthy",
            "RigCredentialsReloadRefused"),
        alerts.valueStream().map(one -> one.path("alert").asText()).toList());
    var known =
        new Metrics("", GaugeReadings.NONE)
            .catalogue().stream().map(MetricDescription::name).collect(Collectors.toSet());
    for (var alert : alerts) {
      var asked = Pattern.compile("rig_credentials_\\w+").matcher(alert.path("expr").asText());
      assertTrue(asked.find());
      do {
        assertTrue(known.contains(asked.group()), asked.group());
      } while (asked.find());
    }
    assertTrue(
        alerts
            .at("/0/annotations/summary")
            .asText()
            .startsWith("The credential of {{ $labels.prefix }}"),
        alerts.at("/0/annotations/summary").asText());
    assertEquals(List.of(), CHART.render(Map.of(), CHART.example("nodes")).all("PrometheusRule"));
  }
}
