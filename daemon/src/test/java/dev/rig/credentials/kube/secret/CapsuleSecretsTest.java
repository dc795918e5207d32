package dev.rig.credentials.kube.secret;

import static dev.rig.credentials.kube.secret.PullSecretsFixture.prod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.PullSecretScope;
import dev.rig.credentials.kube.SecretAnnotations;
import dev.rig.credentials.testing.LogRecords;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Capsules get their pull secrets without a request. */
@NullUnmarked // what is null fails the test by itself
class CapsuleSecretsTest {
  private static final String SECRET = "rig-pull-shop";

  @AutoClose private final PullSecretsFixture fixture = new PullSecretsFixture();
  private final PullSecretsFixture.Daemon daemon = fixture.daemon("one").serving(prod());

  @BeforeEach
  void entries() {
    fixture.entry("quay.io", "quay", "of-quay");
    fixture.entry("ghcr.io/acme", "acme", "of-acme", Duration.ofHours(1));
  }

  private void shop(String image) {
    fixture.capsule("shop", image, "\"keep\":\"me\"");
    fixture.seconds(1);
  }

  private void annotate(String secret) {
    fixture.capsule("shop", "quay.io/shop:1", "\"rig.dev/pull-secret\":\"" + secret + "\"");
    fixture.seconds(1);
  }

  private void foreignSecret(String name) {
    fixture.kubernetes.put(
        "secrets",
        """
        {"kind":"Secret","type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"e30="},
         "metadata":{"namespace":"team","name":"%s"}}
        """
            .formatted(name));
  }

  private List<Map<String, Object>> events() {
    return fixture.kubernetes.keys("events").stream()
        .map(key -> fixture.kubernetes.object(key).orElseThrow())
        .toList();
  }

  /** C31: `createPullSecrets: true` and a Capsule whose image an entry matches. */
  @Test
  void c31_secretAndThenAnnotationAppearWithinASecondWithoutAnyRequest() {
    fixture.kubernetes.forget();
    shop("quay.io/shop:1");
    assertTrue(fixture.config(SECRET).contains("of-quay"));
    assertEquals("quay.io/shop:1", fixture.annotation(SECRET, SecretAnnotations.IMAGES));
    assertEquals("shop", fixture.annotation(SECRET, SecretAnnotations.CAPSULE));
    assertEquals(SECRET, fixture.named("shop"));
    assertTrue(
        fixture.kubernetes.object("capsules/team/shop").toString().contains("keep=me"),
        "other annotations stay");
    assertEquals(
        List.of("patch secrets", "create secrets", "patch capsules"),
        fixture.requests(),
        "a Secret that is made is a patch and a create in one request");
  }

  /** C32: that Capsule's image changes to one that another entry matches. */
  @Test
  void c32_secretFollowsTheImageInPlace() {
    shop("quay.io/shop:1");
    var uid = fixture.metadata(SECRET).get("uid");
    fixture.kubernetes.forget();
    shop("ghcr.io/acme/shop:2");
    assertTrue(fixture.config(SECRET).contains("of-acme"));
    assertFalse(fixture.config(SECRET).contains("of-quay"));
    assertEquals("2026-01-01T01:00:00Z", fixture.annotation(SECRET, SecretAnnotations.EXPIRES));
    assertEquals(uid, fixture.metadata(SECRET).get("uid"));
    assertTrue(fixture.requests().size() <= 3, fixture.requests()::toString);
  }

  @Test
  void capsuleWhoseImageNoEntryMatchesGetsNeither() {
    shop("docker.io/public/shop");
    assertFalse(fixture.exists(SECRET));
    assertNull(fixture.named("shop"));
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  @Test
  void bothAreRemovedWhenTheImageNeedsNoneOrItsEntryIsRemoved() {
    shop("quay.io/shop:1");
    shop("docker.io/public/shop");
    assertFalse(fixture.exists(SECRET));
    assertNull(fixture.named("shop"));
    shop("quay.io/shop:1");
    assertTrue(fixture.exists(SECRET));
    fixture.noEntry("quay.io");
    daemon.secrets.changed();
    fixture.seconds(1);
    assertFalse(fixture.exists(SECRET));
    assertNull(fixture.named("shop"));
    fixture.entry("quay.io", "quay", "again");
    daemon.secrets.changed();
    fixture.seconds(1);
    assertTrue(fixture.config(SECRET).contains("again"));
  }

  @Test
  void capsuleWithoutAnImageGetsNeither() {
    fixture.capsule("shop", "", "");
    fixture.seconds(1);
    assertFalse(fixture.exists(SECRET));
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  @Test
  void invalidImageIsReported() {
    shop("quay.io/UPPER CASE");
    assertFalse(fixture.exists(SECRET));
    assertEquals("InvalidImage", events().getFirst().get("reason"));
    assertTrue(daemon.health().messages().getFirst().startsWith("Capsule team/shop: "));
    shop("quay.io/shop:1");
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  @Test
  void secretFollowsItsLeaseInPlace() {
    shop("ghcr.io/acme/shop");
    fixture.kubernetes.forget();
    fixture.entry("ghcr.io/acme", "acme", "renewed", Duration.ofHours(2));
    daemon.secrets.changed();
    fixture.seconds(1);
    assertTrue(fixture.config(SECRET).contains("renewed"));
    assertEquals(List.of("patch secrets"), fixture.requests());
  }

  @Test
  void removedAnnotationIsRestored() {
    shop("quay.io/shop:1");
    shop("quay.io/shop:1");
    assertEquals(SECRET, fixture.named("shop"));
  }

  @Test
  void annotationChangedToAMissingSecretIsRestored() {
    shop("quay.io/shop:1");
    annotate("no-such-secret");
    assertEquals(SECRET, fixture.named("shop"));
  }

  @Test
  void capsuleThatNamesASecretOfItsOwnIsNotTouched() {
    foreignSecret("by-hand");
    fixture.kubernetes.forget();
    annotate("by-hand");
    assertEquals("by-hand", fixture.named("shop"));
    assertFalse(fixture.exists(SECRET));
    annotate("not-there-yet");
    assertEquals("not-there-yet", fixture.named("shop"));
    assertEquals(List.of(), fixture.requests());
  }

  @Test
  void capsuleThatIsGivenASecretOfItsOwnLosesOurs() {
    shop("quay.io/shop:1");
    foreignSecret("by-hand");
    annotate("by-hand");
    assertEquals("by-hand", fixture.named("shop"));
    assertFalse(fixture.exists(SECRET));
    assertTrue(fixture.exists("by-hand"));
  }

  @Test
  void removedSecretIsRestored() {
    shop("quay.io/shop:1");
    fixture.kubernetes.remove("secrets/team/" + SECRET);
    fixture.seconds(1);
    assertTrue(fixture.config(SECRET).contains("of-quay"));
  }

  @Test
  void alteredSecretIsRestored() {
    shop("quay.io/shop:1");
    for (var labels : List.of("\"app.kubernetes.io/managed-by\":\"rig-credentials\"", "")) {
      fixture.kubernetes.put(
          "secrets",
          """
          {"kind":"Secret","type":"kubernetes.io/dockerconfigjson","data":%s,
           "metadata":{"namespace":"team","name":"%s","labels":{%s}}}
          """
              .formatted(
                  labels.isEmpty()
                      ? "{\".dockerconfigjson\":\""
                          + ((Map<?, ?>) fixture.secret(SECRET).get("data"))
                              .get(".dockerconfigjson")
                          + "\"}"
                      : "{\".dockerconfigjson\":\"e30=\"}",
                  SECRET,
                  labels));
      fixture.seconds(1);
      assertTrue(fixture.config(SECRET).contains("of-quay"), labels);
      assertEquals("shop", fixture.annotation(SECRET, SecretAnnotations.CAPSULE), labels);
      assertTrue(
          fixture.metadata(SECRET).get("labels").toString().contains("rig-credentials"), labels);
    }
  }

  @Test
  void foreignSecretWithOurNameIsKeptAndReported() {
    foreignSecret(SECRET);
    shop("quay.io/shop:1");
    assertFalse(fixture.config(SECRET).contains("of-quay"));
    assertNull(fixture.named("shop"));
    assertEquals("SecretNotOurs", events().getFirst().get("reason"));
    assertTrue(
        daemon.health().messages().getFirst().contains("does not belong to rig-credentials"),
        daemon.health()::toString);
    fixture.kubernetes.remove("secrets/team/" + SECRET);
    fixture.seconds(70);
    assertEquals(SECRET, fixture.named("shop"));
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  @Test
  void secretIsRemovedWithItsCapsule() {
    shop("quay.io/shop:1");
    fixture.kubernetes.remove("capsules/team/shop");
    fixture.seconds(1);
    assertFalse(fixture.exists(SECRET));
  }

  @Test
  void secretOfACapsuleDeletedWithoutAWatchIsRemovedAfterTheNextList() {
    shop("quay.io/shop:1");
    daemon.secrets.close();
    fixture.kubernetes.remove("capsules/team/shop");
    fixture.daemon("two").serving(prod());
    fixture.seconds(10);
    assertFalse(fixture.exists(SECRET));
  }

  /** F42: a watch that is denied for one kind. */
  @Test
  void f42_nothingIsRemovedWhileCapsulesCannotBeWatchedAndEverythingIsCorrectAfterwards() {
    shop("quay.io/shop:1");
    fixture.kubernetes.allow(asked -> !asked.resource().equals("capsules"));
    fixture.kubernetes.endWatches();
    fixture.seconds(10);
    fixture.kubernetes.remove("capsules/team/shop");
    fixture.capsule("other", "quay.io/other", "");
    fixture.seconds(60);
    assertTrue(fixture.exists(SECRET), "nothing is known of its Capsule");
    assertEquals(
        List.of("cannot watch capsules: capsules is forbidden: cannot list"),
        daemon.health().messages());
    var asked = fixture.requests().stream().filter("list capsules"::equals).count();
    assertTrue(asked < 20, "with back-off: " + asked);
    fixture.kubernetes.allow(request -> true);
    fixture.seconds(10);
    assertFalse(fixture.exists(SECRET));
    assertEquals("rig-pull-other", fixture.named("other"));
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  /** F42: a watch that hangs. */
  @Test
  void f42_silentWatchIsReopenedWithinNinetySeconds() {
    shop("quay.io/shop:1");
    fixture.kubernetes.hangWatches();
    shop("ghcr.io/acme/shop:2");
    assertTrue(fixture.config(SECRET).contains("of-quay"), "nobody knows yet");
    fixture.seconds(89);
    assertTrue(fixture.config(SECRET).contains("of-acme"));
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
    assertEquals(2, daemon.health().counts().get("failures"), "one of each kind");
  }

  /** F42: a cluster where nothing changes. */
  @Test
  void f42_watchWithoutChangesStaysOpen() {
    shop("quay.io/shop:1");
    fixture.kubernetes.forget();
    fixture.seconds(3600);
    assertEquals(List.of(), fixture.requests());
    assertEquals(0, daemon.health().counts().get("failures"));
  }

  /** F42: a watch that is denied. */
  @Test
  void f42_watchThatIsDeniedForLongIsLoggedOnce() {
    shop("quay.io/shop:1");
    try (var log = LogRecords.of(ClusterKeeper.class.getName())) {
      for (var verb : List.of("watch", "list")) {
        fixture.kubernetes.allow(
            asked -> !(asked.resource().equals("capsules") && asked.verb().equals(verb)));
        fixture.kubernetes.endWatches();
        fixture.seconds(300);
        assertFalse(daemon.health().healthy());
        var line = "cluster prod: cannot watch capsules: capsules is forbidden: cannot " + verb;
        assertEquals(1, log.warnings().stream().filter(line::equals).count(), log.text());
        fixture.kubernetes.allow(asked -> true);
        fixture.seconds(10);
        assertTrue(daemon.health().healthy(), daemon.health()::toString);
      }
    }
  }

  @Test
  void fieldsOfAnotherManagerAreOverwrittenAndTheLogNamesThem() {
    shop("quay.io/shop:1");
    try (var log = LogRecords.of(ClusterKeeper.class.getName())) {
      fixture.kubernetes.forget();
      fixture.kubernetes.merge(
          "secrets/team/" + SECRET, "{\"data\":{\".dockerconfigjson\":\"e30=\"}}");
      fixture.seconds(1);
      assertTrue(fixture.config(SECRET).contains("of-quay"));
      assertEquals(List.of("patch secrets", "patch secrets"), fixture.requests());
      assertTrue(log.text().contains("conflict: .data..dockerconfigjson; it is restored"));
      assertTrue(daemon.health().healthy(), daemon.health()::toString);
      shop("ghcr.io/acme/shop");
      assertEquals(1, log.warnings().size(), log.text());
    }
  }

  @Test
  void remainingConflictIsReported() {
    shop("quay.io/shop:1");
    fixture.kubernetes.conflictAt("patch", "secrets");
    fixture.entry("quay.io", "quay", "second");
    daemon.secrets.changed();
    fixture.seconds(2);
    assertTrue(daemon.health().healthy(), "somebody else may write at the same time");
    fixture.seconds(60);
    assertTrue(
        daemon.health().messages().getFirst().contains("has been modified"),
        daemon.health()::toString);
    assertEquals(List.of("Conflict"), events().stream().map(one -> one.get("reason")).toList());
    fixture.kubernetes.conflictAt("", "");
    fixture.seconds(70);
    assertTrue(fixture.config(SECRET).contains("second"));
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  /** The controller removes the namespace's objects in any order, and permits no new ones. */
  @Test
  void namespaceThatIsBeingDeletedIsNoProblem() {
    shop("quay.io/shop:1");
    fixture.kubernetes.end("team");
    fixture.kubernetes.remove("secrets/team/" + SECRET);
    fixture.seconds(30);
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
    fixture.kubernetes.remove("capsules/team/shop");
    fixture.kubernetes.forget();
    fixture.seconds(300);
    assertEquals(List.of(), fixture.requests());
  }

  /** F42: the API is down. */
  @Test
  void f42_changesDuringAnOutageOfTheApiAreAppliedWithinTenSecondsAfterIt() {
    shop("quay.io/shop:1");
    fixture.capsule("gone", "quay.io/gone", "");
    fixture.seconds(1);
    fixture.kubernetes.goAway();
    fixture.seconds(300);
    assertFalse(daemon.health().healthy());
    fixture.kubernetes.remove("capsules/team/gone");
    fixture.capsule("shop", "ghcr.io/acme/shop", "");
    fixture.kubernetes.comeBack();
    fixture.seconds(10);
    assertTrue(fixture.config(SECRET).contains("of-acme"));
    assertFalse(fixture.exists("rig-pull-gone"));
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  @Test
  void leaderSuspendedPastItsLeaseWritesNothingWhenItResumes() {
    shop("quay.io/shop:1");
    var other = fixture.daemon("two").serving(prod());
    fixture.entry("quay.io", "quay", "second");
    daemon.secrets.changed();
    daemon.stop();
    fixture.seconds(30);
    assertEquals(1, other.health().counts().get("rotating"));
    assertTrue(fixture.config(SECRET).contains("second"));
    other.stop();
    fixture.entry("quay.io", "quay", "third");
    daemon.secrets.changed();
    fixture.kubernetes.forget();
    daemon.resume();
    fixture.seconds(5);
    assertEquals(0, fixture.writes());
    assertEquals(0, daemon.health().counts().get("rotating"));
    other.resume();
    fixture.seconds(20);
    assertTrue(fixture.config(SECRET).contains("third"));
  }

  @Test
  void daemonThatDoesNotLeadWatchesNothing() {
    fixture.kubernetes.forget();
    fixture.daemon("two").serving(prod());
    shop("quay.io/shop:1");
    fixture.seconds(60);
    assertTrue(
        fixture.requests().stream().noneMatch(one -> one.startsWith("watch")),
        fixture.requests()::toString);
    assertEquals(2, fixture.writes(), "by one of them, as a patch and a create");
  }

  @Test
  void atRestOnlyTheLeaseIsRequested() {
    for (int i = 0; i < 50; i++) {
      fixture.capsule("shop-" + i, "quay.io/shop:" + i, "");
    }
    fixture.seconds(5);
    assertEquals(50, daemon.health().counts().get("secrets"));
    fixture.kubernetes.forget();
    for (int i = 0; i < 20; i++) {
      daemon.secrets.changed();
      fixture.seconds(30);
    }
    assertEquals(List.of(), fixture.requests());
  }

  @Test
  void entryWithoutCredentialIsReportedOnceInAnEventOfTheCapsule() {
    fixture.broken("quay.io", "script exited with status 1");
    shop("quay.io/shop:1");
    for (int i = 0; i < 5; i++) {
      fixture.broken("quay.io", "script exited with status 1");
      daemon.secrets.changed();
      fixture.seconds(30);
    }
    assertEquals(1, events().size());
    var event = events().getFirst();
    assertEquals("NoCredential", event.get("reason"));
    assertEquals("Warning", event.get("type"));
    assertTrue(event.get("message").toString().startsWith("quay.io: "));
    var about = (Map<?, ?>) event.get("involvedObject");
    assertEquals("Capsule", about.get("kind"));
    assertEquals("shop", about.get("name"));
    assertFalse(daemon.health().healthy());
    fixture.entry("quay.io", "quay", "whole");
    daemon.secrets.changed();
    fixture.seconds(1);
    assertTrue(daemon.health().healthy());
    assertEquals(SECRET, fixture.named("shop"));
  }

  @Test
  void failingEntryLeavesTheSecretUnchanged() {
    shop("quay.io/shop:1");
    fixture.broken("quay.io", "script exited with status 1");
    daemon.secrets.changed();
    fixture.seconds(1);
    assertTrue(fixture.config(SECRET).contains("of-quay"));
    assertEquals(SECRET, fixture.named("shop"));
  }

  @Test
  void slowScriptOfOneCapsuleDoesNotDelayAnother() {
    fixture.hang("ghcr.io");
    fixture.capsule("slow", "ghcr.io/acme/slow", "");
    fixture.seconds(1);
    shop("quay.io/shop:1");
    assertEquals(SECRET, fixture.named("shop"));
  }

  @Test
  void rejectedRequestIsReportedAndRetriedLessAndLessOften() {
    fixture.kubernetes.allow(
        asked -> !(asked.verb().equals("patch") && asked.name().equals(SECRET)));
    fixture.capsule("other", "quay.io/other", "");
    shop("quay.io/shop:1");
    assertEquals("rig-pull-other", fixture.named("other"));
    fixture.kubernetes.forget();
    fixture.seconds(600);
    assertTrue(fixture.requests().size() < 20, fixture.requests()::toString);
    assertTrue(daemon.health().messages().getFirst().contains("403"), daemon.health()::toString);
    fixture.kubernetes.allow(asked -> true);
    fixture.seconds(70);
    assertEquals(SECRET, fixture.named("shop"));
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  @Test
  void clusterManagedFromGitGetsNothingAndStatusReportsTheReasonOnce() {
    var git = new Cluster("prod", null, null, null, null, PullSecretScope.ofCapsules(), true, null);
    daemon.serving(git);
    fixture.capsule("a", "quay.io/a", "");
    fixture.capsule("b", "quay.io/b", "");
    fixture.seconds(30);
    assertEquals(List.of(), fixture.kubernetes.keys("secrets"));
    var health = daemon.health();
    assertTrue(health.healthy());
    assertEquals(1, health.messages().size());
    assertTrue(health.messages().getFirst().contains("git.url"), health::toString);
  }

  @Test
  void onlyNamedNamespacesGetSecrets() {
    daemon.serving(
        new Cluster(
            "prod", null, null, null, null, PullSecretScope.ofCapsules("other"), false, null));
    shop("quay.io/shop:1");
    assertNull(fixture.named("shop"));
    daemon.serving(
        new Cluster(
            "prod",
            null,
            null,
            null,
            null,
            PullSecretScope.ofCapsules("other", "team"),
            false,
            null));
    fixture.seconds(10);
    assertEquals(SECRET, fixture.named("shop"));
  }

  @Test
  void requestedSecretWithImagesOfItsOwnStaysUnchanged() {
    fixture.capsule("shop", "docker.io/public/shop", "");
    var name = daemon.create(PullSecretsFixture.forCapsule("shop", "quay.io/side-car")).name();
    fixture.seconds(30);
    assertEquals(name, fixture.named("shop"));
    assertTrue(fixture.config(name).contains("of-quay"));
  }
}
