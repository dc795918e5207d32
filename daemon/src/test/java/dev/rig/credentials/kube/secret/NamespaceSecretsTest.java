package dev.rig.credentials.kube.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.PullSecretScope;
import dev.rig.credentials.kube.PullSecretScope.NamespaceGroup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Namespaces of clusters without Rig get one pull secret each. */
@NullUnmarked // what is null fails the test by itself
class NamespaceSecretsTest {
  private static final String SECRET = "rig-credentials";

  @AutoClose private final PullSecretsFixture fixture = new PullSecretsFixture();
  private final PullSecretsFixture.Daemon daemon = fixture.daemon("one");

  private static NamespaceGroup named(String... names) {
    return new NamespaceGroup(
        List.of(names), Map.of(), List.of("default"), List.of("quay.io", "ghcr.io/acme"), false);
  }

  private static NamespaceGroup labelled(String... registries) {
    return new NamespaceGroup(
        List.of(), Map.of("pulls", "yes"), List.of("default"), List.of(registries), false);
  }

  private static Cluster cluster(NamespaceGroup... groups) {
    return new Cluster(
        "prod",
        null,
        null,
        null,
        null,
        new PullSecretScope(false, List.of(), List.of(groups)),
        false,
        null);
  }

  @BeforeEach
  void entries() {
    fixture.entry("quay.io", "quay", "of-quay");
    fixture.entry("ghcr.io", "ghcr", "of-ghcr", Duration.ofHours(1));
    fixture.entry("registry.example.org", "other", "of-other");
  }

  private void account(String namespace, String name, String... secrets) {
    fixture.kubernetes.put(
        "serviceaccounts",
        """
        {"kind":"ServiceAccount","apiVersion":"v1","imagePullSecrets":[%s],
         "metadata":{"namespace":"%s","name":"%s"}}
        """
            .formatted(
                Stream.of(secrets)
                    .map(one -> "{\"name\":\"" + one + "\"}")
                    .collect(Collectors.joining(",")),
                namespace,
                name));
  }

  private void namespace(String name, String labels) {
    fixture.kubernetes.put(
        "namespaces",
        "{\"kind\":\"Namespace\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"%s\",\"labels\":{%s}}}"
            .formatted(name, labels));
    account(name, "default");
  }

  private List<String> pulls(String namespace, String account) {
    var found =
        fixture.kubernetes.object("serviceaccounts/" + namespace + "/" + account).orElseThrow();
    return ((List<?>) found.get("imagePullSecrets"))
        .stream().map(one -> (String) ((Map<?, ?>) one).get("name")).toList();
  }

  private void pod(String name, String account, String image, boolean controlled, String secret) {
    fixture.kubernetes.put(
        "pods",
        """
        {"kind":"Pod","apiVersion":"v1",
         "metadata":{"namespace":"team","name":"%s","ownerReferences":[%s]},
         "spec":{"serviceAccountName":"%s","containers":[],"imagePullSecrets":[%s]},
         "status":{"phase":"Pending","containerStatuses":[
           {"image":"%s","name":"c","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}}
        """
            .formatted(
                name,
                controlled
                    ? "{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\",\"name\":\"r\",\"uid\":\"u\",\"controller\":true}"
                    : "",
                account,
                secret.isEmpty() ? "" : "{\"name\":\"" + secret + "\"}",
                image));
  }

  private Set<String> podNames() {
    return fixture.kubernetes.keys("pods").stream()
        .map(key -> key.substring(key.lastIndexOf('/') + 1))
        .collect(Collectors.toSet());
  }

  private boolean given(String namespace) {
    return fixture.kubernetes.object("secrets/" + namespace + "/" + SECRET).isPresent();
  }

  @Test
  void namespaceThatIsBeingDeletedIsNoProblem() {
    account("team", "default");
    daemon.serving(cluster(named("team")));
    fixture.seconds(1);
    fixture.kubernetes.end("team");
    fixture.kubernetes.remove("secrets/team/" + SECRET);
    fixture.seconds(30);
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
    fixture.kubernetes.remove("serviceaccounts/team/default");
    fixture.kubernetes.forget();
    fixture.seconds(300);
    assertEquals(List.of(), fixture.requests());
  }

  @Test
  void namespaceWithoutItsServiceAccountIsNoProblemAnyMore() {
    account("team", "default");
    fixture.broken("quay.io", "no credential");
    daemon.serving(cluster(named("team")));
    fixture.seconds(1);
    assertFalse(daemon.health().healthy());
    fixture.kubernetes.remove("serviceaccounts/team/default");
    fixture.seconds(10);
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  @Test
  void namedNamespaceGetsOneSecretWithItsRegistriesAndNothingElse() {
    account("team", "default", "theirs", "also-theirs");
    account("team", "other");
    account("elsewhere", "default");
    daemon.serving(cluster(named("team")));
    fixture.seconds(1);
    assertEquals(
        "{\"auths\":{\"ghcr.io/acme/\":{\"username\":\"ghcr\",\"password\":\"of-ghcr\","
            + "\"auth\":\"Z2hjcjpvZi1naGNy\"},\"quay.io\":{\"username\":\"quay\","
            + "\"password\":\"of-quay\",\"auth\":\"cXVheTpvZi1xdWF5\"}}}",
        fixture.config(SECRET));
    assertEquals(List.of("theirs", "also-theirs", SECRET), pulls("team", "default"));
    assertEquals(List.of(), pulls("team", "other"));
    assertEquals(List.of(), pulls("elsewhere", "default"));
    assertFalse(given("elsewhere"));
    assertTrue(daemon.health().healthy(), daemon.health()::toString);
  }

  @Test
  void registryThatIsARepositoryIsFoundByItsOwnName() {
    account("team", "default");
    daemon.serving(
        cluster(
            new NamespaceGroup(
                List.of("team"),
                Map.of(),
                List.of("default"),
                List.of("ghcr.io/acme/app"),
                false)));
    fixture.seconds(1);
    assertTrue(fixture.config(SECRET).contains("\"ghcr.io/acme/app\":"));
    assertTrue(fixture.config(SECRET).contains("\"ghcr.io/acme/app/\":"));
  }

  @Test
  void namespaceGetsASecretWithTheLabelsAndLosesItWithThem() {
    daemon.serving(cluster(labelled("quay.io")));
    fixture.seconds(1);
    namespace("new", "\"pulls\":\"yes\",\"more\":\"x\"");
    namespace("not", "\"pulls\":\"no\"");
    fixture.seconds(1);
    assertTrue(given("new"));
    assertEquals(List.of(SECRET), pulls("new", "default"));
    assertFalse(given("not"));
    fixture.kubernetes.put(
        "namespaces", "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"new\",\"labels\":{}}}");
    fixture.seconds(1);
    assertFalse(given("new"));
    assertEquals(List.of(), pulls("new", "default"));
  }

  @Test
  void firstMatchingGroupDecides() {
    namespace("team", "\"pulls\":\"yes\"");
    daemon.serving(
        cluster(
            new NamespaceGroup(
                List.of("team"), Map.of(), List.of("default"), List.of("quay.io"), false),
            labelled("registry.example.org")));
    fixture.seconds(1);
    assertTrue(fixture.config(SECRET).contains("of-quay"));
    assertFalse(fixture.config(SECRET).contains("of-other"));
  }

  @Test
  void twoForeignItemsSurviveAddingRotatingAndRemovingOurs() {
    account("team", "default", "theirs", "also-theirs");
    daemon.serving(cluster(named("team")));
    fixture.seconds(1);
    fixture.entry("ghcr.io", "ghcr", "renewed", Duration.ofHours(2));
    daemon.secrets.changed();
    fixture.seconds(1);
    assertTrue(fixture.config(SECRET).contains("renewed"));
    account("team", "default", "theirs", SECRET, "a-third", "also-theirs");
    fixture.seconds(1);
    assertEquals(List.of("theirs", SECRET, "a-third", "also-theirs"), pulls("team", "default"));
    daemon.serving(cluster(named("elsewhere")));
    fixture.seconds(1);
    assertEquals(List.of("theirs", "a-third", "also-theirs"), pulls("team", "default"));
    assertFalse(given("team"));
  }

  @Test
  void removedSettingIsReverted() {
    account("team", "default", "theirs");
    daemon.serving(cluster(named("team")));
    fixture.seconds(1);
    daemon.secrets.replace(List.of(), Set.of("prod"));
    assertEquals(List.of("theirs"), pulls("team", "default"));
    assertFalse(given("team"));
  }

  @Test
  void stoppingDaemonRemovesNothing() {
    account("team", "default");
    daemon.serving(cluster(named("team")));
    fixture.seconds(1);
    daemon.secrets.close();
    assertEquals(List.of(SECRET), pulls("team", "default"));
    assertTrue(given("team"));
  }

  @Test
  void removedItemOrSecretIsRestored() {
    account("team", "default");
    daemon.serving(cluster(named("team")));
    fixture.seconds(1);
    account("team", "default", "theirs");
    fixture.seconds(1);
    assertEquals(List.of("theirs", SECRET), pulls("team", "default"));
    fixture.kubernetes.remove("secrets/team/" + SECRET);
    fixture.seconds(1);
    assertTrue(given("team"));
  }

  @Test
  void accountThatChangedMeanwhileIsWrittenAfterItWasReadAgain() {
    account("team", "default", "theirs");
    daemon.serving(cluster(named("elsewhere")));
    fixture.kubernetes.beforeNext(
        "patch", "serviceaccounts", () -> account("team", "default", "theirs", "in-between"));
    daemon.serving(cluster(named("team")));
    fixture.seconds(5);
    assertEquals(List.of("theirs", "in-between", SECRET), pulls("team", "default"));
  }

  @Test
  void registryWithoutAnEntryIsReportedAndTheOthersAreServed() {
    account("team", "default");
    daemon.serving(
        cluster(
            new NamespaceGroup(
                List.of("team"),
                Map.of(),
                List.of("default"),
                List.of("quay.io", "unknown.example.org"),
                false)));
    fixture.seconds(1);
    assertTrue(fixture.config(SECRET).contains("of-quay"));
    assertEquals(
        List.of("namespace team: no entry matches unknown.example.org"),
        daemon.health().messages());
  }

  @Test
  void entryNarrowerThanTheRegistryIsNotInferred() {
    fixture.noEntry("ghcr.io");
    fixture.entry("ghcr.io/acme", "acme", "of-acme");
    account("team", "default");
    daemon.serving(
        cluster(
            new NamespaceGroup(
                List.of("team"), Map.of(), List.of("default"), List.of("ghcr.io"), false)));
    fixture.seconds(1);
    assertFalse(given("team"));
  }

  @Test
  void atRestOnlyTheLeaseIsRequested() {
    namespace("team", "\"pulls\":\"yes\"");
    daemon.serving(cluster(labelled("quay.io")));
    fixture.seconds(1);
    fixture.kubernetes.forget();
    for (int i = 0; i < 10; i++) {
      daemon.secrets.changed();
      fixture.seconds(30);
    }
    assertEquals(List.of(), fixture.requests());
  }

  @Test
  void pruneKeepsSecretsThatTheDaemonKeeps() {
    account("team", "default");
    daemon.serving(cluster(named("team")));
    fixture.seconds(1);
    assertEquals(List.of(), daemon.prune(true).secrets());
    assertTrue(given("team"));
  }

  @Test
  void podsThatWereCreatedBeforeTheSecretAreNamed() {
    account("team", "default");
    pod("early", "default", "quay.io/app:1", true, "");
    pod("late", "default", "quay.io/app:1", true, SECRET);
    pod("elsewhere", "default", "docker.io/app:1", true, "");
    pod("not-ours", "other", "quay.io/app:1", true, "");
    daemon.serving(cluster(named("team")));
    fixture.seconds(30);
    assertEquals(4, podNames().size());
    var health = daemon.health();
    assertTrue(health.healthy(), health::toString);
    assertEquals(1, health.messages().size());
    assertTrue(health.messages().getFirst().endsWith(": team/early"), health::toString);
  }

  @Test
  void stuckPodsOfAControllerAreDeletedAFewAtATimeWithAnEvent() {
    account("team", "default");
    for (int i = 0; i < 5; i++) {
      pod("early-" + i, "default", "quay.io/app:1", true, "");
    }
    pod("alone", "default", "quay.io/app:1", false, "");
    daemon.serving(
        cluster(
            new NamespaceGroup(
                List.of("team"), Map.of(), List.of("default"), List.of("quay.io"), true)));
    fixture.kubernetes.forget();
    fixture.seconds(1);
    assertEquals(3, podNames().size());
    fixture.seconds(30);
    assertEquals(Set.of("alone"), podNames());
    assertEquals(5, fixture.kubernetes.keys("events").size());
    assertTrue(daemon.health().messages().getFirst().endsWith(": team/alone"));
  }
}
