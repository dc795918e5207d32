package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.kube.KubeCluster;
import dev.rig.credentials.testing.kube.KubeNode;
import dev.rig.credentials.testing.machine.ProjectImage;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.RegistryServer;
import dev.rig.credentials.testing.registry.RotatingRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart and the image in a whole cluster: its controllers create the pods, and a real kubelet
 * and containerd pull their images, run them and probe them.
 *
 * <p>Building the cluster's programs takes many minutes, so this runs with {@code -Pcluster} only.
 * {@link RigOperator} replaces the Rig operator, and the project's image the platform.
 */
@Tag("cluster")
class ClusterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** The limit for the start of a pod whose image is present, while the daemon is down. */
  private static final Duration SOON_ENOUGH = Duration.ofSeconds(10);

  private static final String RELEASE = "rig-credentials";
  private static final String SIDECAR = "rig-system";
  private static final String NODES = "rig-nodes";
  private static final String CONTROLLER = "rig-controller";
  private static final String INSTALLED = "/etc/rig-credentials/kubelet";

  /** What a process of the platform could try, to replace the daemon or its socket. */
  private static final List<String> CHANGES =
      List.of(
          "touch /run/rig-credentials/bin/other",
          "rm -f /run/rig-credentials/bin/docker-credential-rig",
          "ln -s /bin/sh /run/rig-credentials/bin/other",
          "mv /run/rig-credentials/bin/docker-credential-rig /run/rig-credentials/bin/old",
          "mv /run/rig-credentials/bin /run/rig-credentials/old",
          "touch /run/rig-credentials/pod/other",
          "rm -f $RIG_CREDENTIALS_SOCKET",
          "ln -s /tmp/other.sock /run/rig-credentials/pod/other",
          "mv $RIG_CREDENTIALS_SOCKET $RIG_CREDENTIALS_SOCKET.old");

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  private static RegistryServer images;
  private static RegistryServer guarded;
  private static RotatingRegistry rotating;
  private static KubeCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    images = RegistryServer.start(reaper, folder.resolve("open"), Map.of());
    guarded =
        RegistryServer.start(reaper, folder.resolve("guarded"), Map.of("deploy", "gldt-example"));
    rotating = new RotatingRegistry(reaper, folder.resolve("rotating"));
    var made = new ClusterImages(ProjectImage.build(reaper, folder.resolve("e"), "slim"), folder);
    made.makePause();
    made.makeBusybox();
    made.push("slim", images.host() + "/rig-credentials:it");
    made.push("pause", images.host() + "/pause");
    made.push("busybox", images.host() + "/busybox");
    made.push("pause", guarded.host() + "/acme/app", "--dest-creds=deploy:gldt-example");
    made.push(
        "pause", rotating.server().host() + "/acme/app", "--dest-creds=" + RotatingRegistry.PUSHER);
    cluster = new KubeCluster(reaper, folder.resolve("c"), images, "pause");
    cluster.node().reach(guarded);
    cluster.node().reach(rotating.server());
    cluster.namespace(SIDECAR, "restricted");
    cluster.namespace(NODES, "privileged");
    cluster.namespace(CONTROLLER, "restricted");
    cluster.namespace("shop", "baseline");
    cluster.namespace("pulls", "baseline");
  }

  private static ProgramResult kubectl(String namespace, Object... words) {
    var all = new ArrayList<Object>(List.of("--namespace", namespace));
    all.addAll(List.of(words));
    return cluster.kubectl(all.toArray());
  }

  /** Waits until a Deployment's or DaemonSet's pods are ready; otherwise fails with the reasons. */
  private static void rolledOut(String namespace, String object) {
    var outcome = kubectl(namespace, "rollout", "status", object, "--timeout=3m");
    assertEquals(
        0, outcome.status(), () -> outcome + kubectl(namespace, "describe", "pods").stdout());
  }

  private static Path values(String name, String yaml) throws IOException {
    var image =
        "container: {image: {repository: %s/rig-credentials, tag: it}}\n".formatted(images.host());
    return Files.writeString(folder.resolve(name), image + yaml);
  }

  @Test
  void platformUsesItsSidecarAndNoticesAChangeWithoutARestart() throws IOException {
    var release = new HelmRelease(RELEASE, SIDECAR, cluster.kubeconfig());
    release.install(
        values(
            "sidecar.yaml",
            """
            rig:
              dockerRegistries:
                registry.acme.example/app: {username: bot, password: first}
            """));
    var values =
        kubectl(
                SIDECAR,
                "get",
                "configmap",
                "rig-credentials-operator-values",
                "--output=jsonpath={.data.values\\.yaml}")
            .succeeded()
            .stdout();
    runPlatform(values);
    rolledOut(SIDECAR, "deployment/rig-platform");

    var status =
        in(
                RELEASE,
                "rig-credentials",
                "status",
                "--socket",
                "/run/rig-credentials/pod/credentials.sock")
            .succeeded()
            .stdout();
    assertTrue(status.contains("registry.acme.example/app"), status);
    assertTrue(ask().contains("\"Secret\":\"first\""), ask());
    assertTrue(askPlatformApi().contains("\"password\":\"first\""), askPlatformApi());

    platformsOwnScriptsPrintTheLine();

    var pods = pods();
    release.upgrade(
        Map.of("rig.dockerRegistries.registry\\.acme\\.example/app.password", "second"));
    Eventually.within(PATIENCE, () -> ask().contains("\"Secret\":\"second\""), ClusterIT::ask);
    assertEquals(pods, pods(), "the same pod, without a restart");
    release.uninstall();
  }

  /**
   * Stand-ins for the platform, which runs the text of a {@code script} in its own container with
   * {@code sh -c}: Debian's image, whose shell is dash, and one with busybox, as Alpine's. Both run
   * as uid 1000, and can change neither the helper nor the socket.
   */
  private static void platformsOwnScriptsPrintTheLine() {
    var values =
        in(RELEASE, "rig-credentials", "platform-values", "--config", "/etc/rig-credentials/config")
            .succeeded()
            .stdout();
    var script =
        Chart.json(values).at("/rig/dockerRegistries/registry.acme.example~1app/script").asText();
    var helper = "/run/rig-credentials/bin/docker-credential-rig";
    for (var container : List.of("rig-platform", "busybox")) {
      assertEquals("bot:first\n", in(container, "sh", "-c", script).succeeded().stdout());
      var unknown = in(container, "sh", "-c", helper + " userpass other.example");
      assertEquals("", unknown.stdout(), container);
      assertTrue(unknown.stderr().contains("rig-credentials: "), unknown::toString);
      for (var attempt : CHANGES) {
        var refused = in(container, "sh", "-c", attempt);
        assertTrue(refused.status() != 0, () -> container + ": " + attempt + refused);
        assertTrue(
            refused.stderr().contains("Read-only file system"),
            () -> container + ": " + attempt + refused);
      }
      assertEquals("bot:first\n", in(container, "sh", "-c", script).succeeded().stdout());
    }
    var platform = in("rig-platform", "bash", "-c", "id -u; " + script).succeeded().stdout();
    assertEquals("1000\nbot:first\n", platform);
  }

  /** Installs the platform as the operator would, with an image of this cluster. */
  private static void runPlatform(String operatorValues) {
    var operator = new RigOperator(folder);
    operator.restrictPlatform();
    operator.run(Chart.json(operatorValues));
    operator.platform().put("image", images.host() + "/rig-credentials:it");
    operator.platform().withArray("command").add("sleep").add("infinity");
    operator.platform().withObject("securityContext").put("runAsUser", 1000);
    var ofItsOwnChart =
        Map.of(
            "ServiceAccount", "rig-platform",
            "ConfigMap", "rig-platform-config",
            "Secret", "rig-platform-config");
    ofItsOwnChart.forEach((kind, name) ->
        cluster.apply(
            "{apiVersion: v1, kind: %s, metadata: {name: %s, namespace: %s}}"
                .formatted(kind, name, SIDECAR)));
    var busybox = operator.platform().deepCopy();
    busybox.put("name", "busybox").put("image", images.host() + "/busybox");
    busybox.putArray("command").add("/bin/sleep").add("1000000");
    busybox.remove("ports");
    ((ArrayNode) operator.deployment().at("/spec/template/spec/containers")).add(busybox);
    cluster.apply(operator.deployment().toString());
  }

  private static ProgramResult in(String container, String... words) {
    var all =
        new ArrayList<Object>(List.of("exec", "deployment/rig-platform", "-c", container, "--"));
    all.addAll(List.of(words));
    return kubectl(SIDECAR, all.toArray());
  }

  /**
   * Returns the answer of the socket {@code $RIG_CREDENTIALS_SOCKET} to a client in the platform's
   * container.
   */
  private static String ask() {
    return in(
            "rig-platform",
            "sh",
            "-c",
            "printf registry.acme.example/app:1 | docker-credential-rig get")
        .output();
  }

  private static String askPlatformApi() {
    return in(
            "rig-platform",
            "curl",
            "-sS",
            "--unix-socket",
            "/run/rig-credentials/pod/platform.sock",
            "-H",
            "Rig-Credentials: 1",
            "http://localhost/v1/credentials?image=registry.acme.example/app")
        .output();
  }

  /** Returns the pods, with the number of restarts of their containers. */
  private static String pods() {
    return kubectl(
            SIDECAR,
            "get",
            "pods",
            "--output=jsonpath={range .items[*]}{.metadata.uid}{\" \"}"
                + "{.status.initContainerStatuses[*].restartCount}{\" \"}"
                + "{.status.containerStatuses[*].restartCount}{\"\\n\"}{end}")
        .succeeded()
        .stdout();
  }

  @Test
  void kubeletPullsWithTheCredentialsOfItsNodesDaemonUntilThatIsRemoved() throws IOException {
    assertRefused("before");
    var release = new HelmRelease(RELEASE, NODES, cluster.kubeconfig());
    var notes =
        release.install(
            values(
                "nodes.yaml",
                """
                rig:
                  dockerRegistries:
                    %s/acme: {username: deploy, password: gldt-example}
                sidecar: {enabled: false}
                nodes: {enabled: true}
                """
                    .formatted(guarded.host())));
    rolledOut(NODES, "daemonset/rig-credentials-nodes");
    var status =
        kubectl(NODES, "exec", "ds/rig-credentials-nodes", "--", "rig-credentials", "status")
            .succeeded()
            .stdout();
    assertTrue(status.contains(guarded.host() + "/acme"), status);
    assertRefused("flagless");

    var flags =
        notes
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("--image-credential-provider-"))
            .toList();
    assertEquals(2, flags.size(), notes);
    cluster.node().startKubelet(flags);
    run("proof");
    Eventually.within(PATIENCE, () -> phase("proof").equals("Running"), () -> describe("proof"));
    criticalPodStartsWithoutTheDaemon();

    cluster.node().startKubelet(List.of());
    assertRefused("after");
    release.upgrade(Map.of("nodes.remove[0]", KubeNode.NAME));
    kubectl(
            NODES,
            "wait",
            "--for=condition=complete",
            "--timeout=3m",
            "job",
            "--selector=app.kubernetes.io/component=remove")
        .succeeded();
    for (var folder : List.of(INSTALLED, "/run/rig-credentials", "/var/lib/rig-credentials")) {
      try (var files = Files.list(cluster.node().file(folder))) {
        assertEquals(List.of(), files.toList());
      }
    }
    release.uninstall();
  }

  /**
   * The kubelet also asks its credential provider for images that are present: a critical pod waits
   * at most 10 s for the provider.
   */
  private static void criticalPodStartsWithoutTheDaemon() {
    selectNodes("{\"rig.dev/no-such-node\": \"\"}");
    var pods = "--selector=app.kubernetes.io/component=nodes";
    Eventually.within(
        PATIENCE,
        () -> kubectl(NODES, "get", "pods", pods, "--output=name").stdout().isEmpty(),
        () -> kubectl(NODES, "describe", "pods").stdout());
    run("critical", "IfNotPresent", "priorityClassName: system-node-critical");
    Eventually.within(
        PATIENCE, () -> phase("critical").equals("Running"), () -> describe("critical"));
    var took = startOf("critical");
    System.out.printf(
        "a pod whose image is present started in %d s without the daemon, one that pulled with it"
            + " in %d s%n",
        took.toSeconds(), startOf("proof").toSeconds());
    assertTrue(took.compareTo(SOON_ENOUGH) <= 0, () -> took + describe("critical"));
    selectNodes("{\"rig.dev/no-such-node\": null}");
    rolledOut(NODES, "daemonset/rig-credentials-nodes");
  }

  /** Returns the time from the creation of a pod to the start of its container. */
  private static Duration startOf(String pod) {
    var times =
        kubectl(
                "shop",
                "get",
                "pod",
                pod,
                "--output=jsonpath={.metadata.creationTimestamp}"
                    + " {.status.containerStatuses[0].state.running.startedAt}")
            .succeeded()
            .stdout()
            .split(" ", -1);
    return Duration.between(Instant.parse(times[0]), Instant.parse(times[1]));
  }

  private static void selectNodes(String labels) {
    kubectl(
            NODES,
            "patch",
            "daemonset",
            "rig-credentials-nodes",
            "--type=merge",
            "--patch={\"spec\": {\"template\": {\"spec\": {\"nodeSelector\": " + labels + "}}}}")
        .succeeded();
  }

  /**
   * The daemon keeps the pull secret of a namespace; no object there names a registry or a Secret.
   */
  @Test
  void podsPullWithTheSecretThatTheControllerKeeps() throws IOException {
    var release = new HelmRelease(RELEASE, CONTROLLER, cluster.kubeconfig());
    var first = guarded.host() + "/acme";
    var second = rotating.server().host() + "/acme";
    release.install(
        values(
            "controller.yaml",
            """
            rig:
              dockerRegistries:
                %s: {username: deploy, password: gldt-example}
                %s: {script: '%s', expire: 45s}
              clusters:
                here: {pullSecrets: {namespaces: {names: [pulls]}, registries: ['%1$s', '%2$s']}}
            sidecar: {enabled: false}
            controller: {enabled: true}
            """
                .formatted(first, second, RotatingRegistry.SCRIPT)));
    rolledOut(CONTROLLER, "deployment/rig-credentials-controller");
    var pods = PullingPods.ofServiceAccount(cluster, "pulls");
    pods.awaitSecret(PATIENCE);

    pods.deploy(first + "/app");
    rolledOut("pulls", "deployment/app");
    pods.deploy(second + "/app");
    rolledOut("pulls", "deployment/app");
    pods.startThroughRotations(second + "/app", PATIENCE);
    release.uninstall();
  }

  /**
   * The daemon keeps the pull secret of a Capsule, with the rights of one namespace. In place of
   * the Rig operator, the test sets the Secret in the Capsule's annotation for its pods.
   */
  @Test
  void podsOfACapsulePullWithTheSecretThatItsAnnotationNames() throws IOException {
    cluster.defineCapsules();
    cluster.namespace("capsules", "baseline");
    var release = new HelmRelease(RELEASE, CONTROLLER, cluster.kubeconfig());
    var first = guarded.host() + "/acme";
    var second = rotating.server().host() + "/acme";
    release.install(
        values(
            "capsules.yaml",
            """
            rig:
              dockerRegistries:
                %s: {username: deploy, password: gldt-example}
                %s: {script: '%s', expire: 45s}
              clusters:
                here: {createPullSecrets: true, pullSecretNamespaces: [capsules]}
            sidecar: {enabled: false}
            controller: {enabled: true}
            """
                .formatted(first, second, RotatingRegistry.SCRIPT)));
    rolledOut(CONTROLLER, "deployment/rig-credentials-controller");

    capsule(first + "/app");
    Eventually.within(PATIENCE, () -> !pullSecret().isEmpty(), ClusterIT::ofCapsules);
    var secret = pullSecret();
    var pods = PullingPods.ofCapsule(cluster, "capsules", secret);
    pods.deploy(first + "/app");
    rolledOut("capsules", "deployment/app");
    capsule(second + "/app");
    pods.deploy(second + "/app");
    rolledOut("capsules", "deployment/app");
    assertEquals(secret, pullSecret(), "the same Secret for another registry");
    pods.startThroughRotations(second + "/app", PATIENCE);

    kubectl("capsules", "delete", "capsule", "app").succeeded();
    Eventually.within(
        PATIENCE,
        () -> kubectl("capsules", "get", "secret", secret).stderr().contains("NotFound"),
        ClusterIT::ofCapsules);
    release.uninstall();
  }

  private static void capsule(String image) {
    cluster.apply(
        """
        apiVersion: rig.dev/v1alpha2
        kind: Capsule
        metadata: {name: app, namespace: capsules}
        spec: {image: "%s"}
        """
            .formatted(image));
  }

  private static String pullSecret() {
    return kubectl(
            "capsules",
            "get",
            "capsule",
            "app",
            "--output=jsonpath={.metadata.annotations.rig\\.dev/pull-secret}")
        .succeeded()
        .stdout();
  }

  private static String ofCapsules() {
    return kubectl("capsules", "get", "capsules,secrets,events", "--output=yaml").stdout()
        + kubectl(CONTROLLER, "logs", "deployment/rig-credentials-controller").output();
  }

  private static void run(String pod) {
    run(pod, "Always", "");
  }

  private static void run(String pod, String pullPolicy, String more) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: shop}
        spec:
          terminationGracePeriodSeconds: 0
          containers: [{name: app, image: "%s/acme/app", imagePullPolicy: %s}]
          %s
        """
            .formatted(pod, guarded.host(), pullPolicy, more));
  }

  /** A pod with the private image does not start, because the registry requires a credential. */
  private static void assertRefused(String pod) {
    run(pod);
    Eventually.within(
        PATIENCE, () -> describe(pod).contains("authorization failed"), () -> describe(pod));
    assertFalse(phase(pod).equals("Running"), pod);
  }

  private static String phase(String pod) {
    return kubectl("shop", "get", "pod", pod, "--output=jsonpath={.status.phase}").stdout();
  }

  private static String describe(String pod) {
    return kubectl("shop", "describe", "pod", pod).output();
  }
}
