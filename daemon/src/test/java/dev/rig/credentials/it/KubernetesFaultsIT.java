package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Json;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.kube.ApiProxy;
import dev.rig.credentials.testing.kube.KubeApiServer;
import dev.rig.credentials.testing.kube.RbacRules;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F42 of {@code docs/reliability.md} with a real {@code kube-apiserver}. */
@Tag("kubernetes")
@NullUnmarked // what is null fails the test by itself
class KubernetesFaultsIT {
  private static final String SECRET = "rig-pull-shop";
  private static final String ROLE =
      "/apis/rbac.authorization.k8s.io/v1/clusterroles/rig-credentials-pull-secrets";
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration RETURN = Duration.ofSeconds(10);

  /** A watch is served for a minute. */
  private static final Duration WATCH = Duration.ofSeconds(75);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private KubeApiServer cluster;
  private ApiProxy network;
  private DaemonUnderTest daemon;
  private Running running;

  @BeforeEach
  void startDaemonThatHasWrittenASecret() {
    cluster = reaper.own(new KubeApiServer(reaper, folder.resolve("k"), RbacRules.manifest()));
    network = reaper.own(new ApiProxy(cluster));
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    quay.io: {username: quay, password: of-quay}
                    ghcr.io/acme: {username: acme, password: of-acme}
                  clusters:
                    prod:
                      createPullSecrets: true
                      url: %s
                      certificateAuthority: "%s"
                      token: %s
                """
                    .formatted(network.url(), cluster.certificateAuthority(), cluster.token()));
    running = daemon.start();
    cluster.putCapsule("shop", "quay.io/shop:1");
    awaitSecret(START, "of-quay");
  }

  private String config() {
    return cluster.secret(SECRET).map(PullSecretCases::config).orElse("");
  }

  private void awaitSecret(Duration limit, String password) {
    Eventually.within(limit, () -> config().contains(password), () -> password + ": " + config());
  }

  private void awaitHealth(Duration limit, boolean healthy) {
    Eventually.within(limit, () -> daemon.isHealthy() == healthy, daemon::status);
    assertEquals(healthy ? 0 : 1, daemon.commandLine("status").status());
  }

  @Test
  void f42_watchesWhoseConnectionsAreDeadAreOpenedAgainWithinNinetySeconds()
      throws InterruptedException {
    Thread.sleep(Duration.ofSeconds(10)); // all but the Lease's connection are idle now
    network.deadenIdle(Duration.ofSeconds(8));
    cluster.putImage("shop", "ghcr.io/acme/shop:2");
    awaitSecret(Duration.ofSeconds(90), "of-acme");
    awaitHealth(RETURN, true);
  }

  @Test
  void f42_kindWhoseWatchIsDeniedIsNamedAndEverythingIsCorrectOnceItIsAllowed() {
    var rules = (List<?>) cluster.object(ROLE).orElseThrow().get("rules");
    var fewer =
        rules.stream()
            .filter(rule -> !((Map<?, ?>) rule).get("resources").equals(List.of("capsules")))
            .toList();
    grant(fewer);
    Eventually.within(
        WATCH, () -> daemon.status().contains("cannot watch capsules: 403"), daemon::status);
    cluster.removeCapsule("shop");
    cluster.putCapsule("other", "ghcr.io/acme/other:1");
    awaitHealth(RETURN, false);
    assertTrue(cluster.secret(SECRET).isPresent(), "nothing is known of its Capsule");
    grant(rules);
    Eventually.within(
        RETURN,
        () ->
            cluster.secret(SECRET).isEmpty()
                && cluster.pullSecret("other").equals(Optional.of("rig-pull-other")),
        () -> cluster.requests().toString());
    awaitHealth(RETURN, true);
  }

  private void grant(List<?> rules) {
    cluster.merge(ROLE, new String(Json.bytes(Map.of("rules", rules)), StandardCharsets.UTF_8));
  }

  @Test
  void f42_changesDuringAnOutageOfTheApiAreAppliedWithinTenSecondsAfterIt() {
    cluster.putCapsule("gone", "quay.io/gone:1");
    Eventually.within(START, () -> cluster.pullSecret("gone").isPresent(), () -> "it is served");
    network.cut();
    awaitHealth(START, false);
    cluster.removeCapsule("gone");
    cluster.putImage("shop", "ghcr.io/acme/shop:2");
    network.restore();
    awaitSecret(RETURN, "of-acme");
    Eventually.within(
        RETURN, () -> cluster.secret("rig-pull-gone").isEmpty(), () -> "it goes with its Capsule");
    awaitHealth(RETURN, true);
  }

  /** Another field manager writes fields of ours. */
  @Test
  void fieldsOfAnotherManagerAreOverwrittenAndTheLogNamesIt() {
    cluster.merge(
        "/api/v1/namespaces/team/secrets/" + SECRET + "?fieldManager=kubectl-edit",
        "{data: {.dockerconfigjson: e30=}}");
    awaitSecret(Duration.ofSeconds(2), "of-quay");
    assertTrue(running.says("conflict with \"kubectl-edit\""), running::stderr);
    assertEquals(1, cluster.requests().stream().filter("patch secrets 409"::equals).count());
    assertEquals(0, daemon.commandLine("status").status());
  }
}
