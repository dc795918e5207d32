package dev.rig.credentials.kube.secret;

import static dev.rig.credentials.kube.secret.PullSecretsFixture.prod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.PullSecretScope;
import dev.rig.credentials.kube.PullSecretScope.NamespaceGroup;
import dev.rig.credentials.testing.LogRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another client keeps changing objects back that the daemon restores. */
@NullUnmarked // what is null fails the test by itself
class RestoreLimitsTest {
  private static final String SECRET = "rig-pull-shop";
  private static final String KEY = "secrets/team/" + SECRET;

  /** The seconds of a contest: five immediate restorations, then after 10, 20, 40 and 80 s. */
  private static final int FIGHT = 120;

  private static final int MOST_IN_A_FIGHT = RestoreLimits.FREE + 4;

  /** The seconds after which a contested object has kept its state for long enough. */
  private static final int CALM = 400;

  @AutoClose private final PullSecretsFixture fixture = new PullSecretsFixture();
  private PullSecretsFixture.Daemon daemon;

  @BeforeEach
  void entries() {
    fixture.entry("quay.io", "quay", "of-quay");
    fixture.entry("ghcr.io/acme", "acme", "of-acme");
  }

  private void capsule(String image, String annotations) {
    fixture.capsule("shop", image, annotations);
  }

  private void servedCapsule() {
    daemon = fixture.daemon("one").serving(prod());
    capsule("quay.io/shop:1", "");
    fixture.seconds(1);
    assertEquals(SECRET, fixture.named("shop"));
  }

  private void empty() {
    fixture.kubernetes.merge(KEY, "{\"data\":{\".dockerconfigjson\":\"e30=\"}}");
  }

  private boolean isWhole() {
    return fixture.exists(SECRET) && fixture.config(SECRET).contains("of-");
  }

  /**
   * Lets the other client check four times a second.
   *
   * @return at which second the daemon restored the object, from 0
   */
  private List<Integer> fight(int seconds, BooleanSupplier restored, Runnable undo) {
    var at = new ArrayList<Integer>();
    for (int quarter = 0; quarter < 4 * seconds; quarter++) {
      if (restored.getAsBoolean()) {
        at.add(quarter / 4);
        undo.run();
      }
      fixture.time.advance(Duration.ofMillis(250));
    }
    return at.subList(1, at.size()); // the first object existed before
  }

  private long eventsOfConflicts() {
    return fixture.kubernetes.keys("events").stream()
        .map(key -> fixture.kubernetes.object(key).orElseThrow().get("reason"))
        .filter("Conflict"::equals)
        .count();
  }

  private void assertRestoredLessAndLessOften(List<Integer> at) {
    assertTrue(at.size() > RestoreLimits.FREE && at.size() <= MOST_IN_A_FIGHT, at::toString);
    assertTrue(at.get(RestoreLimits.FREE - 1) <= 5, at::toString);
    for (int i = RestoreLimits.FREE + 1; i < at.size(); i++) {
      int pause = at.get(i) - at.get(i - 1);
      int before = at.get(i - 1) - at.get(i - 2);
      assertTrue(pause > before, at::toString);
    }
    assertFalse(daemon.health().healthy());
    assertTrue(
        daemon.health().messages().getFirst().contains("another client keeps changing"),
        daemon.health()::toString);
  }

  @Test
  void secretThatIsAlteredAgainAndAgainIsRestoredLessAndLessOftenAndReportedOnce() {
    servedCapsule();
    try (var log = LogRecords.of(KeptProblems.class.getName())) {
      assertRestoredLessAndLessOften(fight(FIGHT, this::isWhole, this::empty));
      assertEquals(1, log.warnings().size(), log.text());
      assertEquals(1, eventsOfConflicts());
      assertTrue(daemon.health().messages().getFirst().contains("Secret team/rig-pull-shop"));
    }
  }

  @Test
  void secretThatIsRemovedAgainAndAgainIsRestoredLessAndLessOften() {
    servedCapsule();
    assertRestoredLessAndLessOften(
        fight(FIGHT, this::isWhole, () -> fixture.kubernetes.remove(KEY)));
  }

  @Test
  void annotationThatIsRemovedAgainAndAgainIsRestoredLessAndLessOften() {
    servedCapsule();
    assertRestoredLessAndLessOften(
        fight(
            FIGHT,
            () -> SECRET.equals(fixture.named("shop")),
            () -> capsule("quay.io/shop:1", "")));
    assertEquals(1, eventsOfConflicts());
  }

  @Test
  void secretThatIsCreatedAgainAndAgainForNoEntryIsRemovedLessAndLessOften() {
    servedCapsule();
    var made = fixture.secret(SECRET);
    fixture.noEntry("quay.io");
    daemon.secrets.changed();
    fixture.seconds(1);
    assertFalse(fixture.exists(SECRET));
    var text = new com.fasterxml.jackson.databind.ObjectMapper().valueToTree(made).toString();
    assertRestoredLessAndLessOften(
        fight(FIGHT, () -> !fixture.exists(SECRET), () -> fixture.kubernetes.put("secrets", text)));
  }

  @Test
  void serviceAccountThatLosesOurItemAgainAndAgainIsRestoredLessAndLessOften() {
    Runnable account =
        () ->
            fixture.kubernetes.put(
                "serviceaccounts",
                """
                {"kind":"ServiceAccount","apiVersion":"v1","imagePullSecrets":[{"name":"theirs"}],
                 "metadata":{"namespace":"team","name":"default"}}
                """);
    account.run();
    var group =
        new NamespaceGroup(
            List.of("team"), Map.of(), List.of("default"), List.of("quay.io"), false);
    daemon =
        fixture
            .daemon("one")
            .serving(
                new Cluster(
                    "prod",
                    null,
                    null,
                    null,
                    null,
                    new PullSecretScope(false, List.of(), List.of(group)),
                    false,
                    null));
    fixture.seconds(1);
    assertRestoredLessAndLessOften(
        fight(
            FIGHT,
            () ->
                fixture
                    .kubernetes
                    .object("serviceaccounts/team/default")
                    .orElseThrow()
                    .toString()
                    .contains("rig-credentials"),
            account));
  }

  @Test
  void otherContentIsWrittenImmediatelyAlsoWhileTheObjectIsContested() {
    servedCapsule();
    fight(FIGHT, this::isWhole, this::empty);
    assertFalse(isWhole());
    capsule("ghcr.io/acme/shop:1", "");
    fixture.seconds(1);
    assertTrue(fixture.config(SECRET).contains("of-acme"));
    fixture.entry("ghcr.io/acme", "acme", "of-acme, renewed");
    daemon.secrets.changed();
    fixture.seconds(1);
    assertTrue(fixture.config(SECRET).contains("renewed"));
  }

  @Test
  void neighboursOfAContestedObjectAreRestoredImmediately() {
    servedCapsule();
    fixture.capsule("other", "quay.io/other:1", "");
    fight(FIGHT, this::isWhole, this::empty);
    fixture.kubernetes.remove("secrets/team/rig-pull-other");
    fixture.seconds(1);
    assertTrue(fixture.exists("rig-pull-other"));
  }

  @Test
  void objectThatKeepsItsStateIsHealthyAndRestoredImmediatelyAgain() {
    servedCapsule();
    fight(FIGHT, this::isWhole, this::empty);
    fixture.seconds(CALM / 4);
    assertTrue(isWhole());
    assertFalse(daemon.health().healthy(), "it has not kept its state for long enough");
    fixture.seconds(CALM);
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
    for (int i = 0; i < RestoreLimits.FREE; i++) {
      empty();
      fixture.seconds(1);
      assertTrue(isWhole(), "change " + i);
    }
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  @Test
  void changesNowAndThenAreRestoredImmediatelyEachTime() {
    var limits = new RestoreLimits(fixture.time.time());
    for (int i = 0; i < 100; i++) {
      limits.check("Secret a", "content");
      limits.wrote("Secret a", "content");
      fixture.time.advance(Duration.ofSeconds(61));
    }
  }

  @Test
  void pauseDoublesUpToFiveMinutesAndOtherContentDoesNotShortenIt() {
    var limits = new RestoreLimits(fixture.time.time());
    var pauses = new ArrayList<Long>();
    for (int i = 0; i <= RestoreLimits.FREE + 8; i++) {
      limits.wrote("Secret a", "content");
      long from = fixture.time.time().nanos();
      while (isContested(limits)) {
        limits.forgetCalm();
        fixture.time.advance(Duration.ofSeconds(1));
      }
      pauses.add(Duration.ofNanos(fixture.time.time().nanos() - from).toSeconds());
    }
    assertEquals(
        List.of(0L, 0L, 0L, 0L, 0L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L, 300L), pauses);
    limits.check("Secret a", "other");
    limits.wrote("Secret a", "other");
    assertTrue(isContested(limits, "other"));
    assertFalse(isContested(limits), "the content before is another change");
  }

  private static boolean isContested(RestoreLimits limits) {
    return isContested(limits, "content");
  }

  private static boolean isContested(RestoreLimits limits, String content) {
    try {
      limits.check("Secret a", content);
      return false;
    } catch (RestoreLimits.ContestedException e) {
      return true;
    }
  }

  /** A failed write does not count. */
  @Test
  void outageIsNoContest() {
    servedCapsule();
    fixture.kubernetes.conflictAt("patch", "secrets");
    empty();
    fixture.seconds(FIGHT);
    assertFalse(isWhole());
    assertTrue(
        daemon.health().messages().getFirst().contains("has been modified"),
        daemon.health()::toString);
    fixture.kubernetes.conflictAt("", "");
    fixture.seconds(70);
    assertTrue(isWhole());
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
    assertNotEquals(0, daemon.health().counts().get("failures"));
  }
}
