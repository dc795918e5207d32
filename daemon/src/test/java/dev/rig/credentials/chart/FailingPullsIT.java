package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Manual;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.kube.KubeCluster;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import dev.rig.credentials.testing.registry.HostileRegistry;
import dev.rig.credentials.testing.registry.RegistryServer;
import dev.rig.credentials.testing.registry.TestAuthority;
import dev.rig.credentials.testing.registry.TokenServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pods on a node with the daemon of a package, whose images cannot be pulled. What the kubelet
 * reports about each is in a row of the manual, and the command of that row shows the cause.
 */
@Tag("cluster")
class FailingPullsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String NAMESPACE = "shop";
  private static final String INSTALLED = "/etc/rig-credentials/kubelet";

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  private static final Map<String, String> hosts = new HashMap<>();
  private static KubeCluster cluster;
  private static Path configuration;
  private static Running daemon;

  @BeforeAll
  static void start() {
    var images = RegistryServer.start(reaper, folder.resolve("open"), Map.of());
    var engine = DockerEngine.start(reaper, PrivateFile.folder(folder.resolve("e")));
    var made = new ClusterImages(engine, folder);
    made.makePause();
    made.push("pause", images.host() + "/pause");
    cluster = new KubeCluster(reaper, folder.resolve("c"), images, "pause");
    cluster.namespace(NAMESPACE, "baseline");

    var guarded =
        RegistryServer.start(reaper, folder.resolve("guarded"), Map.of("deploy", "gldt-example"));
    var service = reaper.own(TokenServer.start("deploy", "gldt-example"));
    var tokens = RegistryServer.start(reaper, folder.resolve("tokens"), service);
    var hostile = reaper.own(HostileRegistry.start(FailingPullsIT::refuse)).host();
    var untrusted =
        reaper
            .own(
                HostileRegistry.start(FailingPullsIT::refuse)
                    .with(TestAuthority.sharedRsa().server("127.0.0.1")))
            .host();
    hosts.putAll(
        Map.of(
            "guarded",
            guarded.host(),
            "tokens",
            tokens.host(),
            "hostile",
            hostile,
            "untrusted",
            untrusted,
            "closed",
            "127.0.0.1:9",
            "unknown",
            "unknown.example.invalid"));
    var node = cluster.node();
    node.reach(guarded);
    node.reach(tokens);
    node.reach("http", service.host());
    node.reach("http", hostile);
    node.reach("https", untrusted);
    configuration =
        PrivateFile.write(
            folder.resolve("node.yaml"),
            """
            rig:
              dockerRegistries:
                %1$s/acme: {username: deploy, password: gldt-example}
                %1$s/wrong: {username: deploy, password: another}
                %1$s/down: {username: deploy, password: gldt-example}
                %1$s/script: {script: 'echo the vault is sealed >&2; exit 3'}
                %2$s: {username: deploy, password: gldt-example}
            """
                .formatted(guarded.host(), hostile));
    serve();
    var flags =
        run("kubelet-config", "--config", configuration, "--install", INSTALLED)
            .succeeded()
            .stdout()
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("--image-credential-provider-"))
            .toList();
    assertEquals(2, flags.size(), flags::toString);
    node.startKubelet(flags);
  }

  /** Answers as registries do that know no user, that permit nothing, or that are busy. */
  private static void refuse(HostileRegistry.Asked asked, OutputStream out) throws IOException {
    var target = asked.target();
    if (target.contains("/wrong/")) {
      reply(
          out,
          "401 Unauthorized",
          "WWW-Authenticate: Bearer realm=\"http://%s/token\",service=\"a registry\"\r\n"
              .formatted(asked.header("host")));
    } else if (target.startsWith("/token")) {
      reply(out, "401 Unauthorized", "");
    } else if (target.contains("/busy/")) {
      reply(out, "429 Too Many Requests", "");
    } else {
      reply(out, target.contains("/acme/") ? "403 Forbidden" : "200 OK", "");
    }
  }

  private static void reply(OutputStream out, String status, String headers) throws IOException {
    var end = "Content-Length: 0\r\nConnection: close\r\n\r\n";
    out.write(("HTTP/1.1 " + status + "\r\n" + headers + end).getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void serve() {
    daemon =
        reaper.own(
            cluster
                .node()
                .with(
                    Command.of(
                        Distribution.daemon(),
                        "serve",
                        "--config",
                        configuration,
                        "--admin",
                        "off"))
                .start());
    Eventually.within(PATIENCE, () -> daemon.stderr().contains("serving at"), daemon::stderr);
  }

  /** What a command of {@code rig-credentials} does for root on the node. */
  private static ProgramResult run(Object... words) {
    var all = new ArrayList<Object>(List.of(words));
    all.addFirst(Distribution.daemon());
    return cluster.node().with(Command.of(all.toArray())).run();
  }

  @ParameterizedTest
  @CsvSource({
    "guarded, none/app, no basic auth credentials, no entry matches",
    "tokens, none/app, insufficient_scope, no entry matches",
    "guarded, script/app, no basic auth credentials, vault is sealed",
    "guarded, wrong/app, 401 Unauthorized, refuses the credential",
    "hostile, wrong/app, 401 Unauthorized, refuses the credential",
    "hostile, acme/app, 403 Forbidden, denies access",
    "guarded, acme/absent, : not found, has no repository acme/absent",
    "untrusted, acme/app, unknown authority, is not trusted",
    "closed, acme/app, connection refused, nothing answers",
    "unknown, acme/app, name resolution, is not known"
  })
  void reportIsInTheManualAndResolveNamesTheCause(
      String registry, String path, String reported, String cause) {
    shown(registry + "/" + path, reported, "resolve", cause);
  }

  @Test
  void reportOfABusyRegistryIsInTheManualAndExplainShowsTheEntry() {
    shown("hostile/busy/app", "429 Too Many Requests", "explain", hosts.get("hostile"));
  }

  @Test
  void reportOfAnAbsentPullSecretIsInTheManual() {
    run("missing", "guarded/acme/app", "imagePullSecrets: [{name: not-there}]");
    var event = "FailedToRetrieveImagePullSecret";
    Eventually.within(
        PATIENCE, () -> !messages("missing", event).isEmpty(), () -> describe("missing"));
    row(messages("missing", event), "Unable to retrieve some image pull secrets");
  }

  /**
   * The kubelet's own log has the reason, and {@code doctor} finds it. No other test asks for an
   * image of that entry, because the kubelet would have the answer in its cache.
   */
  @Test
  void reportWithoutTheDaemonIsInTheManualAndDoctorSaysThatItIsDown() {
    daemon.close();
    row(failure("guarded/down/app"), "no basic auth credentials");
    var doctor = run("doctor");
    assertTrue(doctor.stdout().contains("no daemon answers at"), doctor::toString);
    var log = cluster.node().kubeletLog();
    assertTrue(log.contains("Failed to provide credentials for image"), log);
    assertTrue(log.contains("cannot reach the daemon at"), log);
    serve();
  }

  private static void shown(String image, String reported, String command, String cause) {
    var row = row(failure(image), reported);
    assertTrue(row.contains("`rig-credentials " + command + " IMAGE`"), row);
    var shown = run(command, name(image));
    assertTrue(shown.output().contains(cause), shown::toString);
  }

  /** Returns the name of an image, with the host of its registry. */
  private static String name(String image) {
    int slash = image.indexOf('/');
    return hosts.get(image.substring(0, slash)) + image.substring(slash);
  }

  /** Returns the manual's row about a message, which must be the one about that part of it. */
  private static String row(String message, String reported) {
    var row = Manual.row("troubleshooting", "The kubelet reports", message);
    assertTrue(message.contains(reported), message);
    assertTrue(row.contains(reported), () -> message + " -> " + row);
    return row;
  }

  private static void run(String pod, String image, String more) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: failing-%s, namespace: %s}
        spec:
          terminationGracePeriodSeconds: 0
          containers: [{name: app, image: "%s", imagePullPolicy: Always}]
          %s
        """
            .formatted(pod, NAMESPACE, name(image), more));
  }

  /** Creates a pod, and returns what the kubelet reports when it cannot pull the image. */
  private static String failure(String image) {
    var pod = image.replace('/', '-');
    run(pod, image, "");
    Eventually.within(
        PATIENCE, () -> describe(pod).contains("ImagePullBackOff"), () -> describe(pod));
    return messages(pod, "Failed")
        .lines()
        .filter(line -> line.startsWith("Failed to pull image"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(describe(pod)));
  }

  private static String messages(String pod, String reason) {
    return kubectl(
            "get",
            "events",
            "--field-selector=involvedObject.name=failing-" + pod + ",reason=" + reason,
            "--output=jsonpath={range .items[*]}{.message}{\"\\n\"}{end}")
        .succeeded()
        .stdout();
  }

  private static String describe(String pod) {
    return kubectl("describe", "pod", "failing-" + pod).output();
  }

  private static ProgramResult kubectl(String... words) {
    var all = new ArrayList<Object>(List.of("--namespace", NAMESPACE));
    all.addAll(List.of(words));
    return cluster.kubectl(all.toArray());
  }
}
