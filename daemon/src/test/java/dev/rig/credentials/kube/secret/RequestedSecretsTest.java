package dev.rig.credentials.kube.secret;

import static dev.rig.credentials.kube.secret.PullSecretsFixture.prod;
import static dev.rig.credentials.kube.secret.PullSecretsFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.kube.SecretAnnotations;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requested pull secrets follow their leases, through restarts and outages. */
@NullUnmarked // what is null fails the test by itself
class RequestedSecretsTest {
  @AutoClose private final PullSecretsFixture fixture = new PullSecretsFixture();
  private final PullSecretsFixture.Daemon daemon = fixture.daemon("one").serving(prod());
  private String name;

  @BeforeEach
  void makeSecret() {
    fixture.entry("quay.io", "quay", "first", Duration.ofHours(1));
    name = daemon.create(request("quay.io/a")).name();
    fixture.kubernetes.forget();
  }

  private void leaseTurns(String password) {
    fixture.entry("quay.io", "quay", password, Duration.ofHours(1));
    daemon.secrets.changed();
  }

  private boolean holds(String password) {
    return fixture.config(name).contains("\"" + password + "\"");
  }

  private long rotating(PullSecretsFixture.Daemon one) {
    return one.secrets.health().getFirst().counts().get("rotating");
  }

  @Test
  void secretFollowsItsLeaseInPlaceWithinASecond() {
    var uid = fixture.metadata(name).get("uid");
    leaseTurns("second");
    fixture.seconds(1);
    assertTrue(holds("second"));
    assertEquals(uid, fixture.metadata(name).get("uid"));
    assertEquals("2026-01-01T01:00:00Z", fixture.annotation(name, SecretAnnotations.EXPIRES));
    assertEquals(1, fixture.writes());
  }

  @Test
  void nothingIsWrittenWhileNothingChanges() {
    for (int i = 0; i < 20; i++) {
      daemon.secrets.changed();
      fixture.seconds(30);
    }
    assertEquals(0, fixture.writes());
    assertTrue(fixture.kubernetes.asked().size() > 20, "it looked");
  }

  @Test
  void manySimultaneousChangesAreWrittenOnce() {
    for (int i = 0; i < 100; i++) {
      leaseTurns("turn-" + i);
    }
    fixture.seconds(1);
    assertTrue(holds("turn-99"));
    assertEquals(1, fixture.writes());
  }

  @Test
  void foreignChangeIsReverted() {
    var text = fixture.secret(name);
    var data =
        java.util.Base64.getEncoder()
            .encodeToString("{\"auths\":{}}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    fixture.kubernetes.put(
        "secrets",
        "{\"type\":\"%s\",\"data\":{\".dockerconfigjson\":\"%s\"},\"metadata\":{\"namespace\":\"team\",\"name\":\"%s\",\"labels\":{\"%s\":\"%s\"},\"annotations\":{\"%s\":\"%s\"}}}"
            .formatted(
                text.get("type"),
                data,
                name,
                SecretAnnotations.LABEL,
                SecretAnnotations.MANAGER,
                SecretAnnotations.IMAGES,
                "quay.io/a"));
    assertFalse(holds("first"));
    fixture.seconds(11);
    assertTrue(holds("first"));
  }

  @Test
  void removedRequestedSecretIsNotRestored() {
    fixture.kubernetes.remove("secrets/team/" + name);
    leaseTurns("second");
    fixture.seconds(30);
    assertEquals(List.of(), fixture.kubernetes.keys("secrets"));
  }

  @Test
  void neighbourOfABrokenEntryIsRewrittenAndTheBrokenOneStays() {
    fixture.entry("ghcr.io", "ghcr", "kept", Duration.ofHours(1));
    name = daemon.create(request("quay.io/a", "ghcr.io/b")).name();
    fixture.broken("ghcr.io", "script exited with status 1");
    leaseTurns("second");
    fixture.seconds(1);
    assertTrue(holds("second"));
    assertTrue(holds("kept"));
    var health = daemon.secrets.health().getFirst();
    assertFalse(health.healthy());
    assertTrue(
        health.messages().getFirst().contains("ghcr.io: its program failed; next attempt"),
        health::toString);
    fixture.entry("ghcr.io", "ghcr", "whole", Duration.ofHours(1));
    fixture.seconds(11);
    assertTrue(holds("whole"));
    assertTrue(daemon.secrets.health().getFirst().healthy());
  }

  @Test
  void neighbourOfAScriptThatHangsIsRewrittenAndNothingIsLost() {
    fixture.entry("ghcr.io", "ghcr", "kept", Duration.ofHours(1));
    name = daemon.create(request("quay.io/a", "ghcr.io/b")).name();
    fixture.hang("ghcr.io");
    leaseTurns("second");
    fixture.seconds(7);
    assertTrue(holds("second"));
    assertTrue(holds("kept"));
    assertTrue(
        daemon.secrets.health().getFirst().messages().getFirst().contains("still being fetched"));
    fixture.hang("");
    fixture.seconds(11);
    assertTrue(daemon.secrets.health().getFirst().healthy());
  }

  @Test
  void secretOfARemovedEntryIsKeptAndReported() {
    fixture.noEntry("quay.io");
    daemon.secrets.changed();
    fixture.seconds(1);
    assertTrue(holds("first"));
    assertTrue(daemon.secrets.health().getFirst().messages().getFirst().contains("--prune"));
  }

  /** F30: the API is down for minutes. */
  @Test
  void f30_secretIsIntactThroughAnOutageAndUpdatedOnceAfterIt() {
    fixture.kubernetes.goAway();
    for (int i = 0; i < 5; i++) {
      leaseTurns("turn-" + i);
      fixture.seconds(60);
    }
    assertTrue(holds("first"));
    assertFalse(daemon.secrets.health().getFirst().healthy());
    fixture.kubernetes.comeBack();
    fixture.seconds(40);
    assertTrue(holds("turn-4"));
    assertEquals(1, fixture.writes());
    assertTrue(daemon.secrets.health().getFirst().healthy());
  }

  /** F31: a crash between refresh and write of the Secret. */
  @Test
  void f31_restartedDaemonFindsItsSecretByLabelAndCorrectsIt() {
    daemon.kill();
    fixture.entry("quay.io", "quay", "second", Duration.ofHours(1));
    var next = fixture.daemon("two").serving(prod());
    fixture.seconds(60);
    assertTrue(holds("second"));
    assertEquals(1, rotating(next));
    assertEquals(1, fixture.writes());
  }

  @Test
  void ofTwoDaemonsOneRotatesAndTheOtherFollowsWhenItIsKilled() {
    var other = fixture.daemon("two").serving(prod());
    assertEquals(1, rotating(daemon));
    assertEquals(0, rotating(other));
    leaseTurns("second");
    other.secrets.changed();
    fixture.seconds(60);
    assertEquals(1, fixture.writes(), "both had the same to write");
    daemon.kill();
    fixture.entry("quay.io", "quay", "third", Duration.ofHours(1));
    fixture.seconds(21);
    assertTrue(holds("third"));
    assertEquals(1, rotating(other));
    assertEquals(0, rotating(daemon), "it does not believe itself any more");
  }

  @Test
  void stoppingDaemonLetsTheOtherContinueImmediately() {
    var other = fixture.daemon("two").serving(prod());
    daemon.secrets.close();
    fixture.entry("quay.io", "quay", "second", Duration.ofHours(1));
    fixture.seconds(6);
    assertEquals(1, rotating(other));
    assertTrue(holds("second"));
  }

  @Test
  void unchangedClusterContinuesAcrossAReload() {
    fixture.kubernetes.forget();
    daemon.serving(prod());
    fixture.seconds(1);
    assertTrue(
        fixture.kubernetes.asked().stream().noneMatch(asked -> asked.verb().equals("update")),
        "the Lease is the same");
    assertEquals(1, rotating(daemon));
  }

  @Test
  void clusterWithoutTheRightsIsReportedAndNothingIsWritten() {
    fixture.kubernetes.allow(asked -> !asked.verb().equals("list"));
    fixture.kubernetes.endWatches();
    fixture.seconds(15);
    var health = daemon.health();
    assertFalse(health.healthy());
    assertTrue(
        health.messages().getFirst().startsWith("cannot watch secrets: secrets is forbidden"),
        health::toString);
    leaseTurns("second");
    fixture.seconds(15);
    fixture.kubernetes.allow(asked -> true);
    fixture.seconds(15);
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
    assertTrue(holds("second"));
  }
}
