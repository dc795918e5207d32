package dev.rig.credentials.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.kube.Rollouts.Release;
import dev.rig.credentials.kube.Rollouts.WorkloadKind;
import dev.rig.credentials.testing.kube.FakeKubernetes;
import dev.rig.credentials.time.SystemScheduler;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deployments of images to Capsules and Deployments, with a fake API server. */
class RolloutsTest {
  private static final String CAPSULE =
      """
      {"apiVersion":"rig.dev/v1alpha2","kind":"Capsule","metadata":{"name":"web"},
       "spec":{"image":"nginx"}}
      """;

  @AutoClose private final FakeKubernetes kubernetes = new FakeKubernetes();
  @AutoClose private final SystemScheduler scheduler = new SystemScheduler();
  private Rollouts rollouts;

  @BeforeEach
  void rollouts() {
    kubernetes.accept("t");
    var cluster =
        new Cluster(
            "kind",
            kubernetes.url(),
            Secret.of("t"),
            null,
            null,
            PullSecretScope.ofCapsules(),
            false,
            null);
    rollouts =
        new Rollouts(
            cluster, (name, script, environment) -> new byte[0], Map.of(), scheduler.time());
  }

  @Test
  void capsuleRunsTheImageAndItsHistoryHasTheNewestFirst() {
    kubernetes.put("capsules", inNamespace(CAPSULE));
    assertEquals(List.of(), rollouts.history(WorkloadKind.CAPSULE, "acme", "web"));

    rollouts.deploy(WorkloadKind.CAPSULE, "acme", "web", "r/web@sha256:1", "v1");
    rollouts.deploy(WorkloadKind.CAPSULE, "acme", "web", "r/web@sha256:2", null);

    var history = rollouts.history(WorkloadKind.CAPSULE, "acme", "web");
    assertEquals(
        List.of("r/web@sha256:2", "r/web@sha256:1"), history.stream().map(Release::image).toList());
    assertEquals("v1", history.getLast().tag());
    var spec = kubernetes.object("capsules/acme/web").orElseThrow().get("spec");
    assertEquals(Map.of("image", "r/web@sha256:2"), spec);
  }

  @Test
  void historyKeepsTheLastTen() {
    kubernetes.put("capsules", inNamespace(CAPSULE));
    for (int i = 1; i <= 12; i++) {
      rollouts.deploy(WorkloadKind.CAPSULE, "acme", "web", "r/web@sha256:" + i, null);
    }
    var history = rollouts.history(WorkloadKind.CAPSULE, "acme", "web");
    assertEquals(10, history.size());
    assertEquals("r/web@sha256:3", history.getLast().image());
  }

  @Test
  void missingObjectsAreNotCreated() {
    var refused =
        assertThrows(
            Rollouts.RolloutRefusedException.class,
            () -> rollouts.deploy(WorkloadKind.CAPSULE, "acme", "web", "r/web@sha256:1", null));
    assertEquals("there is no capsule acme/web", refused.getMessage());
    assertEquals(List.of(), kubernetes.keys("capsules"));
  }

  @Test
  void deploymentIsReadyWhenAllItsPodsRunTheImage() {
    kubernetes.put("deployments", deployment("web:old", 2, 2));
    rollouts.deploy(WorkloadKind.DEPLOYMENT, "acme", "web", "r/web@sha256:1", null);
    var applied = kubernetes.object("deployments/acme/web").orElseThrow().toString();
    assertTrue(
        applied.contains("name=web, image=r/web@sha256:1")
            || applied.contains("image=r/web@sha256:1, name=web"),
        applied);

    kubernetes.put("deployments", deployment("web:old", 2, 2));
    assertFalse(rollouts.readiness("acme", "web", "r/web@sha256:1").orElseThrow().complete());
    kubernetes.put("deployments", deployment("r/web@sha256:1", 1, 2));
    var half = rollouts.readiness("acme", "web", "r/web@sha256:1").orElseThrow();
    assertEquals(new Rollouts.Readiness(1, 2, false), half);
    kubernetes.put("deployments", deployment("r/web@sha256:1", 2, 2));
    var whole = rollouts.readiness("acme", "web", "r/web@sha256:1").orElseThrow();
    assertEquals(new Rollouts.Readiness(2, 2, true), whole);
    assertTrue(rollouts.readiness("acme", "other", "r/web@sha256:1").isEmpty());
  }

  private static String inNamespace(String object) {
    return object.replace("\"name\":\"web\"", "\"name\":\"web\",\"namespace\":\"acme\"");
  }

  private static String deployment(String image, int updated, int wanted) {
    return """
    {"apiVersion":"apps/v1","kind":"Deployment",
     "metadata":{"name":"web","namespace":"acme","generation":3},
     "spec":{"replicas":%d,"template":{"spec":{"containers":[
       {"name":"proxy","image":"envoy"},{"name":"web","image":"%s"}]}}},
     "status":{"observedGeneration":3,"replicas":%d,"updatedReplicas":%d,"availableReplicas":%d}}
    """
        .formatted(wanted, image, wanted, updated, wanted);
  }

  private void pod(String name, String image, String status) {
    kubernetes.put(
        "pods",
        """
        {"apiVersion":"v1","kind":"Pod",
         "metadata":{"name":"web-%s","namespace":"acme","labels":{"app":"web"}},
         "spec":{"containers":[{"name":"web","image":"%s"}]},"status":%s}
        """
            .formatted(name, image, status));
  }

  private static String waiting(String reason, String message, String last) {
    return """
    {"containerStatuses":[{"name":"web","image":"i","imageID":"","ready":false,"restartCount":1,
      "state":{"waiting":{"reason":"%s","message":"%s"}},"lastState":%s}]}
    """
        .formatted(reason, message, last);
  }

  @Test
  void problemsOfPodsOfTheImageAreReported() {
    kubernetes.put(
        "deployments",
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"acme"},
         "spec":{"selector":{"matchLabels":{"app":"web"}}}}
        """);
    pod("a", "new", waiting("ImagePullBackOff", "401 Unauthorized", "{}"));
    pod(
        "b",
        "new",
        waiting(
            "CrashLoopBackOff",
            "back-off",
            "{\"terminated\":{\"exitCode\":3,\"message\":\"no database\\n\"}}"));
    pod(
        "c",
        "new",
        """
        {"conditions":[{"type":"PodScheduled","status":"False","message":"0/3 nodes"}]}
        """);
    pod("d", "new", waiting("ContainerCreating", "", "{}"));
    pod("e", "old", waiting("ErrImagePull", "of the release before", "{}"));
    pod("f", "new", "{}");
    assertEquals(
        List.of(
            "web-a: ImagePullBackOff: 401 Unauthorized",
            "web-b: crashes: status 3, last line: no database",
            "web-c: unschedulable: 0/3 nodes"),
        rollouts.troubles("acme", "web", "new").stream()
            .map(trouble -> trouble.pod() + ": " + trouble.message())
            .sorted()
            .toList());
    assertEquals(List.of(), rollouts.troubles("acme", "other", "new"));
  }

  @Test
  void podsOfTheImageAreCountedWithoutTheRightToReadTheDeployment() {
    kubernetes.allow(asked -> !asked.resource().equals("deployments"));
    assertEquals(
        new Rollouts.Readiness(0, 1, false),
        rollouts.readiness("acme", "web", "new").orElseThrow());
    var ready = "{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}";
    pod("a", "new", ready);
    pod("b", "new", waiting("ImagePullBackOff", "401 Unauthorized", "{}"));
    pod("c", "old", ready);
    assertEquals(
        new Rollouts.Readiness(1, 2, false),
        rollouts.readiness("acme", "web", "new").orElseThrow());
    assertEquals(
        List.of("ImagePullBackOff: 401 Unauthorized"),
        rollouts.troubles("acme", "web", "new").stream()
            .map(Rollouts.PodTrouble::message)
            .toList());
    pod("b", "new", ready);
    assertEquals(
        new Rollouts.Readiness(2, 2, true), rollouts.readiness("acme", "web", "new").orElseThrow());
  }

  @Test
  void missingRightToReadDeploymentsIsNamedWhenPodsAreDeniedToo() {
    kubernetes.allow(asked -> asked.resource().equals("capsules"));
    var refused =
        assertThrows(
            Rollouts.RolloutRefusedException.class, () -> rollouts.readiness("acme", "web", "new"));
    assertTrue(
        refused.toString().contains("cannot get deployment acme/web: 403"), refused::toString);
    assertEquals(List.of(), rollouts.troubles("acme", "web", "new"));
  }
}
