package dev.rig.credentials.kube;

import static dev.rig.credentials.kube.secret.PullSecretsFixture.forCapsule;
import static dev.rig.credentials.kube.secret.PullSecretsFixture.prod;
import static dev.rig.credentials.kube.secret.PullSecretsFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.kube.secret.PullSecretsFixture;
import dev.rig.credentials.testing.kube.RbacRules;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The RBAC manifest has exactly the rights that the code uses: none is missing, none unused. */
class RbacTest {
  @AutoClose private final PullSecretsFixture fixture = new PullSecretsFixture();

  private void everythingThereIs() {
    fixture.entry("quay.io", "quay", "first");
    fixture.capsule("shop", "quay.io/shop", "");
    var one = fixture.daemon("one").serving(prod());
    one.create(request("quay.io/a"));
    one.create(forCapsule("shop"));
    fixture.entry("quay.io", "quay", "second");
    fixture.capsule("broken", "ghcr.io/broken", "");
    fixture.broken("ghcr.io", "script exited with status 1");
    fixture.seconds(30);
    one.create(request("quay.io/a"));
    fixture.kubernetes.remove("capsules/team/shop");
    fixture.seconds(1);
    assertEquals(0, one.prune(true).secrets().size(), "it is gone already");
    groupOfNamespaces(one);
    var two = fixture.daemon("two").serving(prod());
    one.secrets.close();
    fixture.seconds(30);
    assertEquals(1, two.secrets.health().getFirst().counts().get("rotating"));
  }

  private void groupOfNamespaces(PullSecretsFixture.Daemon one) {
    fixture.kubernetes.put(
        "namespaces", "{\"metadata\":{\"name\":\"team\",\"labels\":{\"pulls\":\"yes\"}}}");
    fixture.kubernetes.put(
        "serviceaccounts", "{\"metadata\":{\"namespace\":\"team\",\"name\":\"default\"}}");
    fixture.kubernetes.put(
        "pods",
        """
        {"metadata":{"namespace":"team","name":"stuck","uid":"u",
           "ownerReferences":[{"name":"r","kind":"ReplicaSet","controller":true}]},
         "spec":{},"status":{"phase":"Pending","containerStatuses":[
           {"image":"quay.io/a","state":{"waiting":{"reason":"ErrImagePull"}}}]}}
        """);
    var group =
        new PullSecretScope.NamespaceGroup(
            List.of(), Map.of("pulls", "yes"), List.of("default"), List.of("quay.io"), true);
    one.serving(
        new Cluster(
            "prod",
            null,
            null,
            null,
            null,
            new PullSecretScope(true, List.of(), List.of(group)),
            false,
            null));
    fixture.seconds(30);
    assertEquals(List.of(), fixture.kubernetes.keys("pods"), one.health()::toString);
    one.serving(prod());
  }

  @Test
  void everyRightIsUsedAndNoneIsMissing() {
    var rules = RbacRules.ofManifest();
    fixture.kubernetes.allow(rules);
    everythingThereIs();
    var used = new TreeSet<String>();
    fixture.kubernetes.asked().forEach(asked -> used.add(asked.permission()));
    assertEquals(rules.granted(), used);
    assertTrue(fixture.kubernetes.asked().stream().allMatch(rules));
  }
}
