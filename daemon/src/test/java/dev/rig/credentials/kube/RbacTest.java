package dev.rig.credentials.kube;

import static dev.rig.credentials.kube.PullSecretsFixture.forCapsule;
import static dev.rig.credentials.kube.PullSecretsFixture.prod;
import static dev.rig.credentials.kube.PullSecretsFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.FakeKubernetes.Asked;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The manifest of rights is exactly what the code asks for: nothing is refused, nothing unused. */
class RbacTest {
  private record Rule(
      List<String> groups, List<String> resources, List<String> verbs, List<String> names) {
    boolean permits(Asked asked) {
      return groups.contains(asked.group())
          && resources.contains(asked.resource())
          && verbs.contains(asked.verb())
          && (names.isEmpty() || names.contains(asked.name()));
    }
  }

  @AutoClose private final PullSecretsFixture fixture = new PullSecretsFixture();

  @SuppressWarnings("unchecked") // the manifest is ours
  private static List<Rule> rules() throws IOException {
    var rules = new ArrayList<Rule>();
    try (var in = RbacTest.class.getResourceAsStream("rbac.yaml")) {
      for (var document : new Yaml().loadAll(in)) {
        for (var rule :
            (List<Map<String, List<String>>>) ((Map<String, Object>) document).get("rules")) {
          rules.add(
              new Rule(
                  rule.get("apiGroups"),
                  rule.get("resources"),
                  rule.get("verbs"),
                  rule.getOrDefault("resourceNames", List.of())));
        }
      }
    }
    return rules;
  }

  private void everythingThereIs() {
    fixture.entry("quay.io", "quay", "first");
    fixture.capsule("shop", "quay.io/shop", "");
    var one = fixture.daemon("one").serving(prod());
    one.create(request("quay.io/a"));
    one.create(forCapsule("shop"));
    fixture.entry("quay.io", "quay", "second");
    fixture.seconds(30);
    one.create(request("quay.io/a"));
    fixture.kubernetes.remove("capsules/team/shop");
    assertEquals(1, one.prune(true).secrets().size());
    var two = fixture.daemon("two").serving(prod());
    one.secrets.close();
    fixture.seconds(30);
    assertEquals(1, two.secrets.health().getFirst().counts().get("rotating"));
  }

  @Test
  void everyRightIsUsedAndNoneIsMissing() throws IOException {
    var rules = rules();
    fixture.kubernetes.allow(asked -> rules.stream().anyMatch(rule -> rule.permits(asked)));
    everythingThereIs();
    var granted = new TreeSet<String>();
    for (var rule : rules) {
      for (var verb : rule.verbs()) {
        granted.add(verb + " " + rule.groups().getFirst() + "/" + rule.resources().getFirst());
      }
    }
    var used = new TreeSet<String>();
    fixture.kubernetes.asked().forEach(asked -> used.add(asked.permission()));
    assertEquals(granted, used);
    assertTrue(
        fixture.kubernetes.asked().stream()
            .allMatch(asked -> rules.stream().anyMatch(rule -> rule.permits(asked))));
  }
}
