package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rig.credentials.testing.kube.RbacRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a sidecar of rig-platform, added by the Rig operator. */
class SidecarTest {
  private static final Chart CHART = Chart.ours();
  private static final Map<String, String> IMAGE =
      Map.of("container.image.repository", "registry.acme.example/rig-credentials");

  @TempDir private Path folder;

  private RigOperator operator(Chart.Rendered rendered) {
    var operator = new RigOperator(folder);
    var values = rendered.one("ConfigMap", "rig-credentials-operator-values");
    operator.run(Chart.json(values.at("/data/values.yaml").asText()));
    return operator;
  }

  @Test
  void operatorCreatesADeploymentThatKubernetesAccepts() {
    var schemas = new KubernetesSchemas();
    for (var values : Chart.examples()) {
      var rendered = CHART.render(IMAGE, values);
      if (!rendered.all("ConfigMap").isEmpty()) {
        var operator = operator(rendered);
        assertEquals(List.of(), schemas.problems(operator.deployment()));
        assertEquals("Always", sidecar(operator).path("restartPolicy").asText());
        assertEquals(List.of(), PodSecurity.ofContainer(sidecar(operator)));
      }
    }
  }

  private static JsonNode sidecar(RigOperator operator) {
    return operator.deployment().at("/spec/template/spec/initContainers/0");
  }

  private static JsonNode platform(RigOperator operator) {
    return operator.deployment().at("/spec/template/spec/containers/0");
  }

  @Test
  void platformFindsTheSocketsThatTheSidecarServes() {
    var operator = operator(CHART.render(IMAGE, CHART.example("platform")));
    Map<String, String> environment =
        platform(operator)
            .path("env")
            .valueStream()
            .collect(Collectors.toMap(e -> e.get("name").asText(), e -> e.get("value").asText()));
    var served = argument(sidecar(operator), "--socket");

    assertEquals(served, environment.get("RIG_CREDENTIALS_SOCKET"));
    assertEquals(
        Path.of(served).resolveSibling("platform.sock").toString(),
        environment.get("RIG_CREDENTIALS_PLATFORM_SOCKET"));
    assertEquals("rig-platform", environment.get("RIG_CAPSULE_NAME"), "what was there stays");
    var ours = mount(sidecar(operator), "/run/rig-credentials");
    var theirs = mount(platform(operator), "/run/rig-credentials");
    assertAll(
        () -> assertTrue(served.startsWith("/run/rig-credentials/")),
        () -> assertEquals(ours.get("name"), theirs.get("name")),
        () -> assertFalse(ours.path("readOnly").asBoolean()),
        () -> assertTrue(theirs.path("readOnly").asBoolean(), "nobody else can replace the socket"),
        () -> assertEquals("Memory", volume(operator, ours).at("/emptyDir/medium").asText()));
  }

  /** The platform's image has no helper, and its user must not be able to replace it. */
  @Test
  void platformFindsTheHelperThatTheSidecarCopies() {
    var operator = operator(CHART.render(IMAGE, CHART.example("platform")));
    var command = sidecar(operator).path("command");
    var helper = "/run/rig-credentials/bin/docker-credential-rig";
    assertTrue(command.get(2).asText().contains(helper + "\n"), command::toString);
    assertTrue(command.get(2).asText().endsWith("exec rig-credentials \"$@\"\n"));
    assertEquals("serve", sidecar(operator).at("/args/0").asText());
    assertTrue(mount(platform(operator), "/run/rig-credentials").path("readOnly").asBoolean());
  }

  /** The operator merges each element into the previous one in its place. */
  @Test
  void elementsOfThePlatformAndNewOnesAreNotMixed() {
    var before = new RigOperator(folder).deployment().at("/spec/template/spec");
    var after =
        operator(CHART.render(IMAGE, CHART.example("platform")))
            .deployment()
            .at("/spec/template/spec");
    for (var list : List.of("/volumes", "/containers/0/volumeMounts", "/containers/0/env")) {
      var own = before.at(list);
      for (int i = 0; i < own.size(); i++) {
        assertEquals(own.get(i), after.at(list).get(i));
      }
    }
    assertAll(
        () -> assertEquals(6, after.path("volumes").size()),
        () ->
            after
                .path("volumes")
                .forEach(volume -> assertEquals(2, volume.size(), volume::toString)),
        () ->
            assertEquals(
                Chart.json(
                    "{name: rig-credentials-run, mountPath: /run/rig-credentials, readOnly: true}"),
                after.at("/containers/0/volumeMounts/2")));
  }

  /** The platform chooses its own user. */
  @Test
  void everyUserOfThePodMayAskUnlessTheValuesRestrictIt() {
    assertEquals("[{\"users\":[\"*\"]}]", access(Map.of(), "sidecar"));
    assertEquals("", access(Map.of("nodes.enabled", "true"), "nodes"));
    assertEquals(
        "[{\"users\":[\"rig\"]}]", access(Map.of("daemon.access[0].users[0]", "rig"), "sidecar"));
  }

  @Test
  void emptyListOfRulesDeniesEveryUser(@TempDir Path folder) throws IOException {
    var nobody = Files.writeString(folder.resolve("nobody.yaml"), "daemon: {access: []}\n");
    assertEquals("[]", access(Map.of(), "sidecar", nobody));
  }

  private static String access(Map<String, String> settings, String part, Path... values) {
    var all = new HashMap<>(IMAGE);
    all.putAll(settings);
    var files = Stream.concat(Stream.of(CHART.example("platform")), Stream.of(values));
    var secret =
        CHART.render(all, files.toArray(Path[]::new)).one("Secret", "rig-credentials-" + part);
    var config = Base64.getDecoder().decode(secret.at("/data/config.yaml").asText());
    return Chart.json(new String(config, StandardCharsets.UTF_8)).at("/daemon/access").toString();
  }

  @Test
  void everyMountHasItsVolumeAndEveryVolumeIsMounted() {
    var operator = operator(CHART.render(IMAGE, CHART.example("monitoring")));
    var spec = operator.deployment().at("/spec/template/spec");
    var mounted =
        spec.findValues("volumeMounts").stream()
            .flatMap(JsonNode::valueStream)
            .map(mount -> mount.get("name").asText())
            .collect(Collectors.toSet());
    var volumes =
        spec.path("volumes")
            .valueStream()
            .map(volume -> volume.get("name").asText())
            .collect(Collectors.toSet());
    assertEquals(volumes, mounted);
  }

  /**
   * A file by itself (subPath) is never updated; a folder is, and the daemon watches its ..data.
   */
  @Test
  void configurationIsMountedAsAFolderSoThatItReloads() {
    var operator = operator(CHART.render(IMAGE, CHART.example("platform")));
    var mount = mount(sidecar(operator), argument(sidecar(operator), "--config"));
    assertTrue(mount.path("subPath").isMissingNode());
    assertEquals(
        "rig-credentials-sidecar", volume(operator, mount).at("/secret/secretName").asText());
    assertFalse(
        operator.deployment().toString().contains("checksum"),
        "a changed password restarts nothing");
  }

  @Test
  void probesAskTheAdminPort() {
    var sidecar = sidecar(operator(CHART.render(IMAGE, CHART.example("platform"))));
    assertAll(
        () -> assertEquals("0.0.0.0:9465", argument(sidecar, "--admin")),
        () -> assertEquals(9465, sidecar.at("/ports/0/containerPort").asInt()),
        () -> assertEquals("/health/started", probe(sidecar, "startupProbe")),
        () -> assertEquals("/health/live", probe(sidecar, "livenessProbe")),
        () -> assertEquals("/health/ready", probe(sidecar, "readinessProbe")));
  }

  private static String probe(JsonNode container, String name) {
    var get = container.path(name).path("httpGet");
    assertEquals(container.at("/ports/0/name"), get.get("port"));
    return get.path("path").asText();
  }

  @Test
  void policyClosesTheAdminPortAndNoOther() {
    var policy =
        CHART
            .render(IMAGE, CHART.example("platform"))
            .one("NetworkPolicy", "rig-credentials-sidecar");
    var ports = policy.at("/spec/ingress/0/ports");
    assertEquals(1, policy.at("/spec/ingress").size());
    assertEquals(1, ports.at("/0/port").asInt());
    assertEquals(9464, ports.at("/0/endPort").asInt());
    assertEquals(9466, ports.at("/1/port").asInt());
    assertEquals(65_535, ports.at("/1/endPort").asInt());
    assertEquals(
        List.of("TCP", "TCP", "UDP", "SCTP"),
        ports.valueStream().map(port -> port.get("protocol").asText()).toList());
    assertEquals(
        "rig-platform", policy.at("/spec/podSelector/matchLabels/rig.dev~1capsule").asText());
  }

  @Test
  void onlyPrometheusIsPermitted() {
    var rendered = CHART.render(IMAGE, CHART.example("monitoring"));
    for (var part : List.of("sidecar", "nodes")) {
      var rules = rendered.one("NetworkPolicy", "rig-credentials-" + part).at("/spec/ingress");
      var last = rules.get(rules.size() - 1);
      assertEquals(9465, last.at("/ports/0/port").asInt());
      assertTrue(last.path("from").toString().contains("\"monitoring\""), last::toString);
      assertEquals(
          1,
          rendered.all("PodMonitor").stream()
              .filter(monitor -> monitor.at("/metadata/name").asText().endsWith(part))
              .count());
    }
    assertEquals(
        "9465",
        operator(rendered)
            .deployment()
            .at("/spec/template/metadata/annotations/prometheus.io~1port")
            .asText());
  }

  /** The operator does not change the platform's service account, so a person annotates it. */
  @Test
  void bothServiceAccountsGetTheirCloudsAnnotation() throws IOException {
    assertBothAnnotated("aws", "eks.amazonaws.com/role-arn");
    assertBothAnnotated("google", "iam.gke.io/gcp-service-account");
  }

  private static void assertBothAnnotated(String name, String key) throws IOException {
    var example = CHART.example(name);
    var nodes = CHART.render(IMAGE, example).one("ServiceAccount", "rig-credentials-nodes");
    var value = nodes.at("/metadata/annotations").get(key).asText();
    var text = Files.readString(example);
    assertTrue(
        text.contains("annotate serviceaccount rig-platform \\\n#     " + key + "=" + value + "\n"),
        text);
  }

  @Test
  void bracesOfAValueAreNotExecutedByTheOperator() throws IOException {
    var values =
        Files.writeString(
            folder.resolve("values.yaml"),
            """
            container:
              env:
                - {name: FORMAT, value: "{{ .capsule.spec }} and {{"}
            """);
    var operator = operator(CHART.render(IMAGE, values));
    assertEquals("{{ .capsule.spec }} and {{", sidecar(operator).at("/env/1/value").asText());
  }

  @Test
  void rightsForPullSecretsExistOnlyIfAClusterNeedsThem() {
    assertEquals(List.of(), roles(CHART.render(IMAGE, CHART.example("platform"))));
    var named = CHART.render(IMAGE, CHART.example("pull-secrets"));
    assertEquals(List.of(), named.all("ClusterRole"));
    assertEquals(List.of("billing", "rig-system", "shop"), roles(named));
    var role = named.all("Role").getFirst();
    assertEquals(
        Set.of(
            "list /secrets",
            "watch /secrets",
            "create /secrets",
            "patch /secrets",
            "delete /secrets",
            "create /events",
            "get rig.dev/capsules",
            "list rig.dev/capsules",
            "watch rig.dev/capsules",
            "patch rig.dev/capsules"),
        RbacRules.of(role.toString()).granted());
    for (var binding : named.all("RoleBinding")) {
      assertEquals("rig-platform", binding.at("/subjects/0/name").asText());
      assertEquals("rig-system", binding.at("/subjects/0/namespace").asText());
    }
  }

  private static List<String> roles(Chart.Rendered rendered) {
    return rendered.all("Role").stream()
        .map(role -> role.at("/metadata/namespace").asText())
        .sorted()
        .toList();
  }

  @Test
  void clusterWithoutNamespacesGetsRightsForAll() throws IOException {
    var values =
        Files.writeString(
            folder.resolve("values.yaml"),
            """
            rig:
              clusters:
                prod: {type: k8s, createPullSecrets: true}
                named: {type: k8s, createPullSecrets: true, pullSecretNamespaces: [shop]}
                groups:
                  pullSecrets:
                    - namespaces: {matchLabels: {team: a}}
                      registries: [ghcr.io]
                      restartStuckPods: true
            """);
    var rendered = CHART.render(IMAGE, values);
    assertEquals(1, rendered.all("ClusterRole").size());
    assertEquals(List.of("rig-system", "shop"), roles(rendered), "the Lease and the named one");
    var roles =
        Stream.concat(rendered.all("ClusterRole").stream(), rendered.all("Role").stream())
            .map(JsonNode::toString)
            .collect(Collectors.joining("\n---\n"));
    assertEquals(
        RbacRules.ofManifest().granted(),
        RbacRules.of(roles).granted(),
        "what RbacTest compares with the requests that are made");
  }

  @Test
  void groupsThatNameNamespacesGetRightsOnlyThere() throws IOException {
    var values =
        Files.writeString(
            folder.resolve("values.yaml"),
            """
            rig:
              clusters:
                prod:
                  pullSecrets: {namespaces: {names: [shop]}, registries: [ghcr.io]}
            """);
    var rendered = CHART.render(IMAGE, values);
    assertEquals(List.of(), rendered.all("ClusterRole"));
    assertEquals(List.of("rig-system", "shop"), roles(rendered));
    var granted = RbacRules.of(rendered.all("Role").getFirst().toString()).granted();
    assertTrue(granted.contains("patch /serviceaccounts"), granted::toString);
    assertFalse(granted.contains("delete /pods"), granted::toString);
    assertFalse(granted.contains("list rig.dev/capsules"), granted::toString);
  }

  /** A cluster with its own address is accessed with its own token. */
  @Test
  void clusterWithAUrlNeedsNoRightsHere() throws IOException {
    var values =
        Files.writeString(
            folder.resolve("values.yaml"),
            """
            rig:
              clusters:
                far: {type: k8s, url: "https://far.example", token: t, createPullSecrets: true}
            """);
    assertEquals(List.of(), roles(CHART.render(IMAGE, values)));
  }

  @Test
  void chartThatIncludesTheTemplatesGetsTheSameSidecar() throws IOException {
    var parent = Files.createDirectories(folder.resolve("parent/templates")).getParent();
    Files.writeString(
        parent.resolve("Chart.yaml"),
        """
        apiVersion: v2
        name: parent
        version: 1.0.0
        """);
    Files.writeString(
        parent.resolve("values.yaml"),
        """
        rig-credentials:
          container: {image: {repository: registry.acme.example/rig-credentials}}
        """);
    // As shown in the chart's README.
    Files.writeString(
        parent.resolve("templates/deployment.yaml"),
        """
        {{- $credentials := index .Subcharts "rig-credentials" }}
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: app}
        spec:
          selector: {matchLabels: {app: app}}
          template:
            metadata: {labels: {app: app}}
            spec:
              initContainers:
                - {{- include "rig-credentials.sidecar" $credentials | nindent 10 }}
              containers:
                - name: app
                  image: app
                  env: {{- include "rig-credentials.client.env" $credentials | nindent 12 }}
                  volumeMounts: {{- include "rig-credentials.client.volumeMounts" $credentials | nindent 12 }}
              volumes: {{- include "rig-credentials.sidecar.volumes" $credentials | nindent 8 }}
        """);
    CHART.copyTo(Files.createDirectories(parent.resolve("charts")).resolve("rig-credentials"));

    var rendered = new Chart(parent).render();
    var included = rendered.one("Deployment", "app");
    assertEquals(List.of(), new KubernetesSchemas().problems(included));
    assertEquals(sidecar(operator(rendered)), included.at("/spec/template/spec/initContainers/0"));
  }

  private static String argument(JsonNode container, String flag) {
    var words = container.path("args").valueStream().map(JsonNode::asText).toList();
    assertTrue(words.contains(flag), () -> flag + " in " + words);
    return words.get(words.indexOf(flag) + 1);
  }

  private static JsonNode mount(JsonNode container, String path) {
    return container
        .path("volumeMounts")
        .valueStream()
        .filter(mount -> mount.get("mountPath").asText().equals(path))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode volume(RigOperator operator, JsonNode mount) {
    return operator
        .deployment()
        .at("/spec/template/spec/volumes")
        .valueStream()
        .filter(volume -> volume.get("name").equals(mount.get("name")))
        .findFirst()
        .orElseThrow();
  }
}
