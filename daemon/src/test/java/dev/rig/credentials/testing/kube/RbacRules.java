package dev.rig.credentials.testing.kube;

import dev.rig.credentials.testing.kube.FakeKubernetes.Asked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.yaml.snakeyaml.Yaml;

/** The rights that a manifest of Roles grants. */
public final class RbacRules implements Predicate<Asked> {
  private record Rule(
      List<String> groups, List<String> resources, List<String> verbs, List<String> names) {
    boolean permits(Asked asked) {
      return groups.contains(asked.group())
          && resources.contains(asked.resource())
          && verbs.contains(asked.verb())
          && (names.isEmpty() || names.contains(asked.name()));
    }
  }

  private final List<Rule> rules = new ArrayList<>();

  @SuppressWarnings("unchecked") // the manifest is ours
  private RbacRules(String manifest) {
    for (var document : new Yaml().loadAll(manifest)) {
      var role = (Map<String, List<Map<String, List<String>>>>) document;
      for (var rule : role.get("rules")) {
        rules.add(
            new Rule(
                rule.get("apiGroups"),
                rule.get("resources"),
                rule.get("verbs"),
                rule.getOrDefault("resourceNames", List.of())));
      }
    }
  }

  /** Returns the manifest of the rights for pull secrets. */
  public static String manifest() {
    try (var in = RbacRules.class.getResourceAsStream("/dev/rig/credentials/kube/rbac.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the rights for pull secrets, and those of a person who deploys and waits. */
  public static String deploying() {
    return manifest()
        + """
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: rig-credentials-deploy
        rules:
          - apiGroups: [apps]
            resources: [deployments, replicasets]
            verbs: [get, list, patch]
        """;
  }

  /** Returns the rights that the manifest grants. */
  public static RbacRules ofManifest() {
    return of(manifest());
  }

  /** Returns the rights that another manifest of Roles grants, in YAML or JSON. */
  public static RbacRules of(String manifest) {
    return new RbacRules(manifest);
  }

  @Override
  public boolean test(Asked asked) {
    return rules.stream().anyMatch(rule -> rule.permits(asked));
  }

  /** Returns all rights, as {@link Asked#permission} names them. */
  public Set<String> granted() {
    var granted = new TreeSet<String>();
    for (var rule : rules) {
      for (var group : rule.groups()) {
        for (var resource : rule.resources()) {
          rule.verbs().forEach(verb -> granted.add(verb + " " + group + "/" + resource));
        }
      }
    }
    return granted;
  }
}
