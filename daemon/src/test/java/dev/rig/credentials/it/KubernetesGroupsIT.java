package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Json;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.kube.KubeApiServer;
import dev.rig.credentials.testing.kube.RbacRules;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups of namespaces with a real {@code kube-apiserver}; only with {@code -Pkubernetes}. */
@Tag("kubernetes")
@NullUnmarked // what is null fails the test by itself
class KubernetesGroupsIT {
  private static final String SECRET = "rig-credentials";

  /** The time that the documentation promises. */
  private static final Duration PROMISED = Duration.ofSeconds(2);

  /** The same, with the two seconds in which a changed file is detected. */
  private static final Duration RELOADED = Duration.ofSeconds(6);

  private static final Duration START = Duration.ofSeconds(30);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private KubeApiServer cluster;

  @BeforeEach
  void startCluster() {
    cluster = reaper.own(new KubeApiServer(reaper, folder.resolve("k"), RbacRules.manifest()));
  }

  private String values(String quay, String settings) {
    return """
    rig:
      dockerRegistries:
        quay.io: {username: quay, password: %s}
        ghcr.io/acme: {username: acme, password: of-acme}
        docker.io: {username: hub, password: of-hub}
      clusters:
        prod:
          type: k8s
          url: %s
          certificateAuthority: "%s"
          token: %s
    %s\
    """
        .formatted(
            quay,
            cluster.url(),
            cluster.certificateAuthority(),
            cluster.token(),
            settings.indent(6));
  }

  private DaemonUnderTest daemon(String settings) {
    var daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
    daemon.configured("values.yaml", values("of-quay", settings)).start();
    return daemon;
  }

  private void rewrite(DaemonUnderTest daemon, String quay, String settings) {
    PrivateFile.replace(daemon.file("values.yaml"), values(quay, settings));
  }

  private void namespace(String name, String labels) {
    cluster.create(
        "/api/v1/namespaces", "{metadata: {name: %s, labels: {%s}}}".formatted(name, labels));
  }

  /** Creates a service account with these pull secrets, as a creator of namespaces would. */
  private void account(String namespace, String name, String... secrets) {
    var items = Stream.of(secrets).map(one -> "{name: " + one + "}").toList();
    cluster.create(
        "/api/v1/namespaces/" + namespace + "/serviceaccounts",
        "{metadata: {name: %s}, imagePullSecrets: %s}".formatted(name, items));
  }

  private List<String> pulls(String namespace, String account) {
    var found =
        cluster
            .object("/api/v1/namespaces/" + namespace + "/serviceaccounts/" + account)
            .orElseThrow();
    return ((List<?>) found.getOrDefault("imagePullSecrets", List.of()))
        .stream().map(one -> (String) ((Map<?, ?>) one).get("name")).toList();
  }

  /** Returns the keys in a namespace's pull secret, in the kubelet's form; empty if absent. */
  private Set<?> registries(String namespace) {
    return cluster
        .object("/api/v1/namespaces/" + namespace + "/secrets/" + SECRET)
        .map(secret ->
            ((Map<?, ?>) Json.object(PullSecretCases.config(secret)).get("auths")).keySet())
        .orElse(Set.of());
  }

  private void awaitGiven(Duration limit, String namespace, String account, String registry) {
    Eventually.within(
        limit,
        () ->
            registries(namespace).equals(Set.of(registry))
                && pulls(namespace, account).contains(SECRET),
        () -> namespace + ": " + registries(namespace) + ", " + pulls(namespace, account));
  }

  private void awaitTakenBack(Duration limit, String namespace, String account) {
    Eventually.within(
        limit,
        () -> registries(namespace).isEmpty() && !pulls(namespace, account).contains(SECRET),
        () -> namespace + ": " + registries(namespace) + ", " + pulls(namespace, account));
  }

  @Test
  void eachGroupsNamespacesGetItsRegistriesAndOtherItemsSurviveAddingRotatingAndRemoving() {
    namespace("shop", "");
    account("shop", "default", "theirs", "also-theirs");
    account("shop", "other");
    namespace("outside", "team: web");
    account("outside", "default");
    var groups =
        """
        pullSecrets:
          - {namespaces: {names: [shop]}, registries: [quay.io]}
          - namespaces: {matchLabels: {team: data}}
            serviceAccounts: [default, builder]
            registries: [ghcr.io/acme]
        """;
    var daemon = daemon(groups);
    awaitGiven(START, "shop", "default", "quay.io");
    assertEquals(List.of("theirs", "also-theirs", SECRET), pulls("shop", "default"));
    assertEquals(List.of(), pulls("shop", "other"));

    namespace("lake", "team: data");
    account("lake", "default");
    account("lake", "builder", "theirs");
    awaitGiven(PROMISED, "lake", "default", "ghcr.io/acme/");
    awaitGiven(PROMISED, "lake", "builder", "ghcr.io/acme/");

    rewrite(daemon, "of-quay-renewed", groups);
    Eventually.within(
        RELOADED,
        () ->
            PullSecretCases.config(
                    cluster.object("/api/v1/namespaces/shop/secrets/" + SECRET).orElseThrow())
                .contains("of-quay-renewed"),
        () -> "it is rotated");
    assertEquals(List.of("theirs", "also-theirs", SECRET), pulls("shop", "default"));

    cluster.merge("/api/v1/namespaces/outside", "{metadata: {labels: {team: data}}}");
    awaitGiven(PROMISED, "outside", "default", "ghcr.io/acme/");
    cluster.merge("/api/v1/namespaces/outside", "{metadata: {labels: {team: null}}}");
    awaitTakenBack(PROMISED, "outside", "default");

    cluster.merge(
        "/api/v1/namespaces/shop/serviceaccounts/default",
        "{imagePullSecrets: [{name: theirs}, {name: also-theirs}]}");
    awaitGiven(PROMISED, "shop", "default", "quay.io");

    rewrite(daemon, "of-quay-renewed", "");
    for (var namespace : List.of("shop", "lake")) {
      awaitTakenBack(RELOADED, namespace, "default");
    }
    assertEquals(List.of("theirs", "also-theirs"), pulls("shop", "default"));
    assertEquals(List.of("theirs"), pulls("lake", "builder"));
    assertFalse(
        cluster.requests().stream().anyMatch(request -> request.endsWith(" 403")),
        () -> cluster.requests().toString());
  }

  private void pod(String name, String owners) {
    var pods = "/api/v1/namespaces/shop/pods";
    cluster.create(
        pods,
        """
        metadata: {name: %s, ownerReferences: [%s]}
        spec: {containers: [{name: c, image: "quay.io/acme/app:1"}]}
        """
            .formatted(name, owners));
    cluster.merge(
        pods + "/" + name + "/status",
        """
        status:
          containerStatuses:
            - name: c
              image: quay.io/acme/app:1
              imageID: ""
              ready: false
              restartCount: 0
              state: {waiting: {reason: ImagePullBackOff}}
        """);
  }

  @Test
  void stuckPodsAreNamedAndReplacedIfConfiguredWithAnEvent() {
    namespace("shop", "");
    account("shop", "default");
    pod("alone", "");
    pod(
        "owned",
        "{apiVersion: apps/v1, kind: ReplicaSet, name: app, uid:"
            + " 00000000-0000-0000-0000-000000000001, controller: true}");
    var group =
        "pullSecrets: {namespaces: {names: [shop]}, registries: [quay.io], restartStuckPods: %s}\n";
    var daemon = daemon(group.formatted(false));
    awaitGiven(START, "shop", "default", "quay.io");
    Eventually.within(
        START, () -> daemon.status().contains("shop/alone, shop/owned"), daemon::status);
    assertTrue(cluster.object("/api/v1/namespaces/shop/pods/owned").isPresent());
    rewrite(daemon, "of-quay", group.formatted(true));
    Eventually.within(
        START,
        () -> cluster.object("/api/v1/namespaces/shop/pods/owned").isEmpty(),
        () -> "the pod goes: " + cluster.requests());
    Eventually.within(
        PROMISED,
        () -> cluster.events("shop", "owned").equals(List.of("PullSecretAdded")),
        () -> cluster.events("shop", "owned").toString());
    assertTrue(cluster.object("/api/v1/namespaces/shop/pods/alone").isPresent());
    Eventually.within(START, () -> !daemon.status().contains("shop/owned"), daemon::status);
    assertTrue(daemon.status().contains("shop/alone"), daemon::status);
  }

  @Test
  void namespaceThatIsBeingDeletedIsNoProblem() {
    namespace("shop", "");
    account("shop", "default");
    var daemon = daemon("pullSecrets: {namespaces: {names: [shop]}, registries: [quay.io]}");
    awaitGiven(START, "shop", "default", "quay.io");
    cluster.ask("DELETE", "/api/v1/namespaces/shop");
    cluster.ask("DELETE", "/api/v1/namespaces/shop/secrets/" + SECRET);
    Eventually.within(
        START,
        () -> cluster.requests().contains("patch secrets 403"),
        () -> cluster.requests().toString());
    daemon.commandLine("status").succeeded();
  }
}
