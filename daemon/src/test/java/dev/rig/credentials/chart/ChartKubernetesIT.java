package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rig.credentials.dev.DevManifests;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.HttpReply;
import dev.rig.credentials.testing.kube.KubeApiServer;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends the objects of the chart to a real {@code kube-apiserver}: each object by a dry-run of
 * server-side apply, and each pod as well, because pod security rejects pods.
 */
@Tag("kubernetes")
class ChartKubernetesIT {
  private static final Chart CHART = Chart.ours();
  private static final Map<String, String> IMAGE =
      Map.of("container.image.repository", "registry.acme.example/rig-credentials");
  private static final String TRIED = "?dryRun=All&fieldManager=helm&fieldValidation=Strict";

  /** The messages for containers that are not permitted in a "restricted" namespace. */
  private static final String ROOT =
      "unrestricted capabilities (container \"%1$s\" must not include \"CHOWN\" in"
          + " securityContext.capabilities.add), restricted volume types (volumes"
          + " \"rig-credentials-install\", \"rig-credentials-run\", \"rig-credentials-state\" use"
          + " restricted volume type \"hostPath\"), runAsNonRoot != true (container \"%1$s\" must"
          + " not set securityContext.runAsNonRoot=false), runAsUser=0 (container \"%1$s\" must not"
          + " set runAsUser=0)";

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  @AutoClose private static KubeApiServer server;

  @BeforeAll
  static void start() throws IOException {
    server = new KubeApiServer(reaper, folder.resolve("k"));
    // The release's namespace is as the chart's README requires for nodes; in two others only pods
    // are tested.
    namespace("rig-system", "privileged");
    namespace("restricted", "restricted");
    namespace("baseline", "baseline");
    // Namespaces with pull secrets in the examples.
    namespace("shop", "restricted");
    namespace("billing", "restricted");
    for (var definition : List.of("pod-monitor-crd.yaml", "prometheus-rule-crd.yaml")) {
      server.create(
          "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", resource(definition));
    }
    for (var kind : List.of("podmonitors", "prometheusrules")) {
      Eventually.within(
          Duration.ofSeconds(30),
          () -> server.ask("GET", "/apis/monitoring.coreos.com/v1/" + kind).status() == 200,
          () -> kind + " are served");
    }
  }

  /** Creates a namespace with what controllers add to it, and the service accounts of pods. */
  private static void namespace(String name, String podSecurity) {
    server.create(
        "/api/v1/namespaces",
        "metadata: {name: %s, labels: {pod-security.kubernetes.io/enforce: %s}}"
            .formatted(name, podSecurity));
    for (var account : List.of("default", "rig-platform", "rig-credentials-nodes")) {
      server.create(
          "/api/v1/namespaces/" + name + "/serviceaccounts", "metadata: {name: " + account + "}");
    }
  }

  static List<Path> examples() {
    return Chart.examples();
  }

  private static List<Path> having(String kind) {
    return examples().stream()
        .filter(values -> !CHART.render(IMAGE, values).all(kind).isEmpty())
        .toList();
  }

  static List<Path> besidePlatform() {
    return having("ConfigMap");
  }

  static List<Path> onNodes() {
    return having("DaemonSet");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyObjectOfDocumentedValuesIsAccepted(Path values) {
    allAreTaken(CHART.render(IMAGE, values));
  }

  /** Options that no example sets. */
  @Test
  void everyObjectOfTheOtherOptionsIsAccepted() throws IOException {
    var values =
        Files.writeString(
            folder.resolve("others.yaml"),
            """
            container:
              image: {repository: registry.acme.example/rig-credentials}
              env: [{name: AWS_REGION, value: eu-west-1}]
            configuration: {existingSecret: mine}
            rig:
              clusters:
                prod: {type: k8s, createPullSecrets: true}
            nodes:
              enabled: true
              hostNetwork: true
              seLinuxType: spc_t
              maxUnavailable: 1
              serviceAccount: {create: false, name: mine}
              podAnnotations: {a.example/b: c}
              podLabels: {d: e}
              kubelet: {optionalAnnotations: [f.example/g]}
              affinity:
                nodeAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution:
                    nodeSelectorTerms:
                      - matchExpressions: [{key: h, operator: DoesNotExist}]
            """);
    allAreTaken(CHART.render(values));
  }

  private static void allAreTaken(Chart.Rendered rendered) {
    var documents = rendered.documents();
    assertEquals(rendered.objects().size(), documents.size());
    documents.forEach(document -> assertTaken(applied(document)));
  }

  @ParameterizedTest
  @MethodSource("besidePlatform")
  void restrictedPlatformStaysSoWithTheSidecar(Path values) {
    var operator = withRestrictedPlatform(values);
    assertTaken(applied(operator.deployment().toString()));
    assertTaken(pod(operator.deployment(), "restricted"));
  }

  /** Shows that a pod is also rejected because of the sidecar. */
  @Test
  void sidecarWithoutItsSecurityContextIsRefused() {
    var deployment = withRestrictedPlatform(CHART.example("platform")).deployment();
    ((ObjectNode) deployment.at("/spec/template/spec/initContainers/0")).remove("securityContext");
    var refusal = refusal(pod(deployment, "restricted"));
    assertTrue(refusal.contains("container \"rig-credentials\" must set"), refusal);
    assertFalse(refusal.contains("container \"rig-platform\""), refusal);
  }

  private static RigOperator withRestrictedPlatform(Path values) {
    var printed = CHART.render(IMAGE, values).one("ConfigMap", "rig-credentials-operator-values");
    var operator = new RigOperator(folder);
    operator.restrictPlatform();
    operator.run(Chart.json(printed.at("/data/values.yaml").asText()));
    return operator;
  }

  @ParameterizedTest
  @MethodSource("onNodes")
  void podsOfNodesNeedExactlyTheDeclaredRights(Path values) {
    var nodes = CHART.render(IMAGE, values).all("DaemonSet").getFirst();
    assertTaken(pod(nodes, "rig-system"));
    assertEquals(
        violating("restricted", ROOT.formatted("install")), refusal(pod(nodes, "restricted")));
    assertEquals(
        violating(
            "baseline",
            "hostPath volumes (volumes \"rig-credentials-install\", \"rig-credentials-run\","
                + " \"rig-credentials-state\")"),
        refusal(pod(nodes, "baseline")));
  }

  @Test
  void podThatRemovesNeedsExactlyTheDeclaredRights() {
    var job = CHART.render(CHART.example("remove")).all("Job").getFirst();
    assertTaken(pod(job, "rig-system"));
    assertEquals(
        violating("restricted", "host namespaces (hostPID=true), " + ROOT.formatted("remove")),
        refusal(pod(job, "restricted")));
  }

  /** The objects of {@code dev manifests}, which claim to be restricted. */
  @Test
  void developmentRegistryIsAcceptedByRestrictedPodSecurity() {
    var place =
        new DevManifests.ManifestTarget(
            "restricted", "kind", "h:30000", "registry:5000", 30_000, "10Gi");
    var manifests = new DevManifests(folder.resolve("state"), Map.of()).manifests(place);
    for (var document : manifests.split("---\n", -1)) {
      assertTaken(applied(document));
      if (document.contains("kind: Deployment")) {
        assertTaken(pod(Chart.json(document), "restricted"));
      }
    }
  }

  private static String violating(String profile, String what) {
    return "pods \"pod\" is forbidden: violates PodSecurity \"%s:latest\": %s"
        .formatted(profile, what);
  }

  /** Finds errors that a schema detects, and some that only the server's code detects. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          terminationGracePeriodSeconds:; terminationGracePeriod:; not declared in schema
          podMetricsEndpoints:; podMetrics:; not declared in schema
          name: rig-credentials-tmp; name: other; Not found: \\"other\\"
          mountPath: /tmp; mountPath: /etc/rig-credentials/config; duplicate entries for key
          maxSurge: 0; maxSurge: 1; may not be set when maxUnavailable is non-zero
          endPort: 9464; endPort: 0; must be greater than or equal to `port`
          interval: 30s; interval: often; should match
          """)
  void mistakeIsRefused(String right, String wrong, String reason) {
    var mistaken =
        CHART.render(IMAGE, CHART.example("monitoring")).documents().stream()
            .filter(document -> !document.contains("kind: ConfigMap") && document.contains(right))
            .map(document -> document.replaceFirst(Pattern.quote(right), wrong))
            .toList();
    assertFalse(mistaken.isEmpty(), right);
    for (var document : mistaken) {
      var answer = applied(document);
      assertTrue(answer.status() >= 400, answer::toString);
      assertTrue(answer.body().contains(reason), answer::toString);
    }
  }

  private static HttpReply applied(String document) {
    var object = Chart.json(document);
    return server.ask(
        "PATCH",
        "%s/%s%s".formatted(collection(object), object.at("/metadata/name").asText(), TRIED),
        "application/apply-patch+yaml",
        document);
  }

  /** Returns the path of objects of that kind, as the server reports it. */
  private static String collection(JsonNode object) {
    var version = object.path("apiVersion").asText();
    var group = (version.contains("/") ? "/apis/" : "/api/") + version;
    var known = Chart.json(server.ask("GET", group).body()).path("resources");
    var resource =
        known
            .valueStream()
            .filter(found -> found.get("kind").equals(object.get("kind")))
            .filter(found -> !found.get("name").asText().contains("/"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no such kind: " + object));
    var namespace = object.at("/metadata/namespace").asText();
    assertEquals(resource.get("namespaced").asBoolean(), !namespace.isEmpty());
    return (namespace.isEmpty() ? group : group + "/namespaces/" + namespace)
        + "/"
        + resource.get("name").asText();
  }

  /** Returns the server's answer for the pod of an object. */
  private static HttpReply pod(JsonNode object, String namespace) {
    var pod = (ObjectNode) object.at("/spec/template").deepCopy();
    pod.put("apiVersion", "v1").put("kind", "Pod");
    ((ObjectNode) pod.get("metadata")).put("name", "pod");
    return server.ask(
        "POST",
        "/api/v1/namespaces/" + namespace + "/pods" + TRIED,
        "application/json",
        pod.toString());
  }

  private static void assertTaken(HttpReply answer) {
    assertTrue(List.of(200, 201).contains(answer.status()), answer::body);
    assertEquals("", answer.header("warning"));
  }

  private static String refusal(HttpReply answer) {
    assertEquals(403, answer.status(), answer::body);
    return (String) answer.json().get("message");
  }

  private static String resource(String name) throws IOException {
    try (var in = ChartKubernetesIT.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
