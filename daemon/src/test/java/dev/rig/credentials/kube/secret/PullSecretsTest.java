package dev.rig.credentials.kube.secret;

import static dev.rig.credentials.kube.secret.PullSecretsFixture.forCapsule;
import static dev.rig.credentials.kube.secret.PullSecretsFixture.prod;
import static dev.rig.credentials.kube.secret.PullSecretsFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.kube.PullSecretException.Reason;
import dev.rig.credentials.kube.PullSecretScope;
import dev.rig.credentials.kube.SecretAnnotations;
import dev.rig.credentials.kube.secret.PullSecretAnswer.PullSecretOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Pull secrets that are requested. */
@NullUnmarked // what is null fails the test by itself
class PullSecretsTest {
  @AutoClose private final PullSecretsFixture fixture = new PullSecretsFixture();
  private final PullSecretsFixture.Daemon daemon = fixture.daemon("one").serving(prod());

  private PullSecretException refused(PullSecretRequest request) {
    return assertThrows(PullSecretException.class, () -> daemon.create(request));
  }

  @Test
  void secretContainsOnlyTheCredentialsOfItsImagesAndIsLabelled() {
    fixture.entry("ghcr.io/acme", "acme", "of-acme", Duration.ofHours(2));
    fixture.entry("docker.io", "hub", "of-the-hub", Duration.ofHours(1));
    fixture.entry("quay.io", "quay", "of-quay");
    var answer = daemon.create(request("redis:7", "ghcr.io/acme/app:1"));
    assertEquals(PullSecretOutcome.CREATED, answer.outcome());
    assertEquals(
        "{\"auths\":{\"ghcr.io/acme/\":{\"username\":\"acme\",\"password\":\"of-acme\","
            + "\"auth\":\"YWNtZTpvZi1hY21l\"},\"https://index.docker.io/v1/\":{\"username\":\"hub\","
            + "\"password\":\"of-the-hub\",\"auth\":\"aHViOm9mLXRoZS1odWI=\"}}}",
        fixture.config(answer.name()));
    assertEquals("kubernetes.io/dockerconfigjson", fixture.secret(answer.name()).get("type"));
    assertEquals(
        Map.of("app.kubernetes.io/managed-by", "rig-credentials"),
        fixture.metadata(answer.name()).get("labels"));
    assertEquals(
        Map.of(
            "credentials.rig.dev/images", "ghcr.io/acme/app:1,index.docker.io/library/redis:7",
            "credentials.rig.dev/entries", "ghcr.io/acme,index.docker.io",
            "credentials.rig.dev/expires-at", "2026-01-01T01:00:00Z"),
        fixture.metadata(answer.name()).get("annotations"));
    assertEquals("rig-credentials", fixture.secret(answer.name()).get("managed"));
    assertEquals(fixture.time.now().plusSeconds(3600), answer.goodUntil());
    assertEquals(
        List.of(
            "its credentials expire at 2026-01-01T01:00:00Z; the daemon rewrites it before that"),
        answer.notes());
  }

  @Test
  void nothingIsWrittenForImagesThatNoEntryMatches() {
    fixture.entry("quay.io", "quay", "of-quay");
    var answer = daemon.create(request("ghcr.io/public/app"));
    assertEquals(PullSecretOutcome.NOT_NEEDED, answer.outcome());
    assertNull(answer.name());
    assertEquals(List.of("ghcr.io/public/app"), answer.unmatched());
    assertEquals(0, fixture.writes());
  }

  @Test
  void secretForSomeImagesNamesTheOthers() {
    fixture.entry("quay.io", "quay", "of-quay");
    var answer = daemon.create(request("quay.io/a", "ghcr.io/public/app"));
    assertEquals(PullSecretOutcome.CREATED, answer.outcome());
    assertEquals(List.of("ghcr.io/public/app"), answer.unmatched());
    assertEquals(Lease.NEVER, answer.goodUntil());
    assertEquals(List.of(), answer.notes());
  }

  @Test
  void repeatedRequestWritesNothingInAnyOrderOfImages() {
    fixture.entry("quay.io", "quay", "of-quay");
    var first = daemon.create(request("quay.io/a", "quay.io/b"));
    fixture.kubernetes.forget();
    var second = daemon.create(request("quay.io/b", "quay.io/a", "quay.io/a"));
    assertEquals(PullSecretOutcome.UNCHANGED, second.outcome());
    assertEquals(first.name(), second.name());
    assertEquals(0, fixture.writes());
    assertFalse(first.name().equals(daemon.create(request("quay.io/c")).name()));
  }

  @Test
  void capsuleGetsTheSecretsNameAndGivesItsImage() {
    fixture.entry("quay.io", "quay", "of-quay");
    fixture.capsule("shop", "quay.io/shop:3", "\"keep\":\"me\"");
    var answer = daemon.create(forCapsule("shop"));
    assertEquals("rig-pull-shop", answer.name());
    assertEquals("quay.io/shop:3", fixture.annotation("rig-pull-shop", SecretAnnotations.IMAGES));
    assertEquals("shop", fixture.annotation("rig-pull-shop", SecretAnnotations.CAPSULE));
    var capsule =
        (Map<?, ?>) fixture.kubernetes.object("capsules/team/shop").orElseThrow().get("metadata");
    assertEquals(
        Map.of("keep", "me", "rig.dev/pull-secret", "rig-pull-shop"), capsule.get("annotations"));
    fixture.kubernetes.forget();
    assertEquals(PullSecretOutcome.UNCHANGED, daemon.create(forCapsule("shop")).outcome());
    assertTrue(
        fixture.kubernetes.asked().stream().noneMatch(asked -> asked.verb().equals("patch")));
  }

  @Test
  void missingCapsuleGetsNoSecret() {
    fixture.entry("quay.io", "quay", "of-quay");
    var refusal = refused(forCapsule("shop", "quay.io/shop"));
    assertEquals(Reason.NOT_FOUND, refusal.reason());
    assertEquals(0, fixture.writes());
  }

  @Test
  void capsuleWithAnotherPullSecretKeepsItUnlessForced() {
    fixture.entry("quay.io", "quay", "of-quay");
    fixture.capsule("shop", "quay.io/shop", "\"rig.dev/pull-secret\":\"by-hand\"");
    assertEquals(Reason.REFUSED, refused(forCapsule("shop")).reason());
    assertEquals(0, fixture.writes());
    daemon.create(new PullSecretRequest("prod", "team", null, List.of(), "shop", true, false));
    assertTrue(
        fixture
            .kubernetes
            .object("capsules/team/shop")
            .orElseThrow()
            .toString()
            .contains("rig.dev/pull-secret=rig-pull-shop"));
  }

  @Test
  void foreignSecretIsKept() {
    fixture.entry("quay.io", "quay", "of-quay");
    fixture.kubernetes.put(
        "secrets",
        """
        {"kind":"Secret","type":"Opaque","data":{"a":"Yg=="},
         "metadata":{"namespace":"team","name":"mine"}}
        """);
    var refusal =
        refused(
            new PullSecretRequest("prod", "team", "mine", List.of("quay.io/a"), null, true, false));
    assertEquals(Reason.REFUSED, refusal.reason());
    assertEquals("Opaque", fixture.secret("mine").get("type"));
  }

  @Test
  void clusterThatIsDeployedThroughGitIsRefusedWithTheReasonUnlessForced() {
    fixture.entry("quay.io", "quay", "of-quay");
    daemon.serving(
        new Cluster("prod", null, null, null, null, PullSecretScope.ofCapsules(), true, null));
    var refusal = refused(request("quay.io/a"));
    assertEquals(Reason.REFUSED, refusal.reason());
    assertTrue(refusal.getMessage().contains("git.url"), refusal::getMessage);
    var answer =
        daemon.create(
            new PullSecretRequest("prod", "team", null, List.of("quay.io/a"), null, true, false));
    assertEquals(PullSecretOutcome.CREATED, answer.outcome());
    assertTrue(answer.notes().getFirst().contains("git"), answer.notes()::toString);
  }

  @Test
  void clusterWithoutPullSecretsAndUnknownClusterHaveDifferentErrors() {
    var unwanted =
        refused(
            new PullSecretRequest("unwanted", "team", null, List.of("a/b"), null, false, false));
    assertEquals(Reason.REFUSED, unwanted.reason());
    assertTrue(unwanted.getMessage().contains("createPullSecrets: true"), unwanted::getMessage);
    assertEquals(
        Reason.NOT_FOUND,
        refused(new PullSecretRequest("none", "team", null, List.of("a/b"), null, false, false))
            .reason());
  }

  @Test
  void dryRunWritesNothingAndAnswersWithTheSecret() {
    fixture.entry("quay.io", "quay", "of-quay", Duration.ofHours(1));
    var answer =
        daemon.create(
            new PullSecretRequest("prod", "team", "x", List.of("quay.io/a"), null, false, true));
    assertEquals(PullSecretOutcome.DRY_RUN, answer.outcome());
    assertEquals(0, fixture.writes());
    assertEquals("Secret", answer.manifest().get("kind"));
    assertFalse(answer.toString().contains("quay"), answer::toString);
    assertTrue(answer.notes().getFirst().contains("once it is in the cluster"));
  }

  @Test
  void entryWithoutCredentialFailsWithItsReasonAndWritesNothing() {
    fixture.entry("quay.io", "quay", "of-quay");
    fixture.broken("ghcr.io", "script exited with status 1");
    var refusal = refused(request("quay.io/a", "ghcr.io/b"));
    assertEquals(Reason.NO_CREDENTIAL, refusal.reason());
    assertTrue(refusal.getMessage().startsWith("ghcr.io: script exited with status 1"));
    assertEquals(0, fixture.writes());
  }

  @Test
  void identityTokenIsRefusedBecauseNoKubeletCanCarryIt() {
    fixture.entry("quay.io", "<token>", "refresh");
    assertEquals(Reason.NO_CREDENTIAL, refused(request("quay.io/a")).reason());
  }

  @Test
  void invalidNamesAndImagesAreRejectedBeforeAnyRequest() {
    fixture.kubernetes.forget();
    for (var request :
        List.of(
            new PullSecretRequest("prod", "Team", null, List.of("a/b"), null, false, false),
            new PullSecretRequest("prod", "team", "a/b", List.of("a/b"), null, false, false),
            new PullSecretRequest("prod", "team", null, List.of("a/b"), "../x", false, false),
            new PullSecretRequest("prod", "team", null, List.of("quay.io"), null, false, false),
            new PullSecretRequest("prod", "team", null, List.of("a b"), null, false, false),
            new PullSecretRequest("prod", "team", null, List.of(), null, false, false))) {
      assertEquals(Reason.INVALID, refused(request).reason(), request::toString);
    }
    assertEquals(List.of(), fixture.kubernetes.asked());
  }

  @Test
  void imageThatThePeerMayNotGetIsDeniedAlsoThroughACapsule() {
    fixture.entry(PullSecretsFixture.DENIED, "u", "p");
    fixture.capsule("shop", PullSecretsFixture.DENIED + "/shop", "");
    assertEquals(Reason.DENIED, refused(request(PullSecretsFixture.DENIED + "/a")).reason());
    assertEquals(Reason.DENIED, refused(forCapsule("shop")).reason());
    assertEquals(0, fixture.writes());
  }

  @Test
  void onlyNamedNamespacesAreWrittenToAndLookedAt() {
    fixture.entry("quay.io", "quay", "of-quay");
    daemon.serving(
        new Cluster(
            "prod", null, null, null, null, PullSecretScope.ofCapsules("a", "b"), false, null));
    assertEquals(Reason.REFUSED, refused(request("quay.io/a")).reason());
    assertEquals(
        List.of("a", "b"),
        fixture.kubernetes.asked().stream()
            .filter(asked -> asked.resource().equals("secrets") && asked.verb().equals("watch"))
            .filter(asked -> !asked.namespace().isEmpty())
            .map(asked -> asked.namespace())
            .toList());
  }

  @Test
  void developmentRegistryIsKnownByItsNameInsideTheCluster() {
    fixture.entry("localhost:30000", "dev", "of-dev");
    daemon.serving(
        new Cluster(
            "prod",
            null,
            null,
            null,
            null,
            PullSecretScope.ofCapsules(),
            false,
            new Cluster.DevRegistryNames("localhost:30000", "registry:5000")));
    var name = daemon.create(request("localhost:30000/app")).name();
    assertTrue(fixture.config(name).startsWith("{\"auths\":{\"registry:5000\":"));
  }

  @Test
  void clusterThatDoesNotAnswerIsNamedAndNothingIsTriedTwice() {
    fixture.entry("quay.io", "quay", "of-quay");
    fixture.kubernetes.goAway();
    var refusal = refused(request("quay.io/a"));
    assertEquals(Reason.CLUSTER, refusal.reason());
    assertTrue(refusal.getMessage().contains("does not answer"), refusal::getMessage);
  }

  @Test
  void pruneListsUnusedSecretsAndRemovesThemOnlyOnRequest() {
    fixture.entry("quay.io", "quay", "of-quay");
    fixture.entry("ghcr.io", "ghcr", "of-ghcr");
    fixture.capsule("gone", "quay.io/a", "");
    fixture.capsule("moved", "quay.io/a", "");
    fixture.capsule("kept", "quay.io/a", "");
    daemon.create(forCapsule("gone"));
    daemon.create(forCapsule("moved"));
    daemon.create(forCapsule("kept"));
    var unmatched = daemon.create(request("ghcr.io/a")).name();
    var plain = daemon.create(request("quay.io/plain")).name();
    fixture.kubernetes.remove("capsules/team/gone");
    fixture.capsule("moved", "quay.io/a", "\"rig.dev/pull-secret\":\"by-hand\"");
    fixture.noEntry("ghcr.io");
    var before = fixture.kubernetes.keys("secrets");
    var dry = daemon.prune(false);
    assertEquals(before, fixture.kubernetes.keys("secrets"));
    assertEquals(
        Map.of(
            "rig-pull-gone",
            "Capsule gone is gone",
            "rig-pull-moved",
            "Capsule moved names by-hand",
            unmatched,
            "no entry matches any of its images"),
        dry.secrets().stream()
            .collect(
                java.util.stream.Collectors.toMap(
                    PruneAnswer.Unwanted::name, PruneAnswer.Unwanted::reason)));
    assertEquals(2, dry.kept());
    assertEquals(dry.secrets(), daemon.prune(true).secrets());
    assertEquals(
        List.of("secrets/team/" + plain, "secrets/team/rig-pull-kept").stream().sorted().toList(),
        fixture.kubernetes.keys("secrets"));
    assertEquals(List.of(), daemon.prune(true).secrets());
  }
}
