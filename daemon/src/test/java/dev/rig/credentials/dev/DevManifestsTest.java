package dev.rig.credentials.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rig.credentials.chart.KubernetesSchemas;
import dev.rig.credentials.dev.DevManifests.ManifestTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class DevManifestsTest {
  private static final ManifestTarget USUAL =
      new ManifestTarget("default", "kind", "localhost:30000", "registry:5000", 30_000, null);
  private static final KubernetesSchemas SCHEMAS = new KubernetesSchemas();

  @TempDir private Path state;
  private DevManifests manifests;

  @BeforeEach
  void user() {
    manifests = new DevManifests(state, Map.of());
  }

  private static List<JsonNode> read(String text) {
    var documents = new ArrayList<JsonNode>();
    for (var document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(text)) {
      documents.add(new ObjectMapper().valueToTree(document));
    }
    return documents;
  }

  private static JsonNode only(List<JsonNode> documents, String kind) {
    return documents.stream()
        .filter(document -> document.path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void manifestsAreValidForKubernetes() {
    var storage =
        new ManifestTarget("dev", "kind", "10.0.0.1:30500", "images.dev:80", 30_500, "10Gi");
    for (var place : List.of(USUAL, storage)) {
      var documents = read(manifests.manifests(place));
      var problems = new ArrayList<String>();
      documents.stream()
          .filter(document -> !document.path("kind").asText().equals("Namespace"))
          .forEach(document -> problems.addAll(SCHEMAS.problems(document)));
      assertEquals(List.of(), problems);
      assertEquals(place.storage() == null ? 3 : 5, documents.size());
    }
  }

  @Test
  void namespaceIsCreatedUnlessItExists() {
    var target =
        new ManifestTarget(
            "rig-system", "kind", "localhost:30000", "registry.rig-system.svc:5000", 30_000, null);
    var documents = read(manifests.manifests(target));
    assertEquals("rig-system", only(documents, "Namespace").at("/metadata/name").asText());
    assertEquals("registry", only(documents, "Service").at("/metadata/name").asText());
    assertFalse(manifests.manifests(USUAL).contains("kind: Namespace"));
  }

  /** A node cannot resolve a Service, but the Service has a port on each node. */
  @Test
  void nodesFindTheRegistryAtTheirOwnPort() {
    var target =
        new ManifestTarget(
            "rig-system", "kind", "localhost:30500", "registry.rig-system.svc:5000", 30_500, null);
    assertEquals(
        """
        # registry.rig-system.svc:5000, by the port that the registry has on every node.
        [host."http://localhost:30500"]
          capabilities = ["pull", "resolve"]
        """,
        DevManifests.hosts(target));
  }

  @Test
  void serviceOfAnotherNamespaceIsRefused() {
    assertThrows(
        DevException.class,
        () ->
            new ManifestTarget("dev", "kind", "h:1", "registry.rig-system.svc:5000", 30_000, null));
  }

  @Test
  void serviceAgreesWithClusterHost() {
    var documents =
        read(
            manifests.manifests(
                new ManifestTarget(
                    "dev", "kind", "10.0.0.1:30500", "images.dev:80", 30_500, "10Gi")));
    var service = only(documents, "Service");
    assertEquals("images", service.at("/metadata/name").asText());
    assertEquals("dev", service.at("/metadata/namespace").asText());
    assertEquals(80, service.at("/spec/ports/0/port").asInt());
    assertEquals(30_500, service.at("/spec/ports/0/nodePort").asInt());
    var volume = only(documents, "Deployment").at("/spec/template/spec/volumes/0");
    assertEquals("images", volume.at("/persistentVolumeClaim/claimName").asText());
  }

  @Test
  void secretHoldsAHashOfTheValuesPassword() {
    var password =
        read(manifests.values(USUAL))
            .getFirst()
            .path("rig")
            .path("dockerRegistries")
            .path("registry:5000")
            .path("password")
            .asText();
    assertFalse(password.isEmpty());
    var text = manifests.manifests(USUAL);
    assertFalse(text.contains(password));
    var line = only(read(text), "Secret").at("/stringData/htpasswd").asText();
    assertTrue(line.startsWith("rig-dev:$2y$"), line);
    assertTrue(
        OpenBSDBCrypt.checkPassword(line.substring("rig-dev:".length()), password.toCharArray()));
  }

  @Test
  void printingThemAgainChangesNothing() {
    var again = new DevManifests(state, Map.of());
    assertEquals(manifests.manifests(USUAL), again.manifests(USUAL));
    assertEquals(manifests.values(USUAL), again.values(USUAL));
  }

  @Test
  void invalidValueNeverGetsIntoAManifest() {
    for (var hostile : List.of("a\nb", "a: b", "\"", "Ä", "")) {
      assertThrows(
          DevException.class,
          () -> new ManifestTarget(hostile, "kind", "h:1", "registry:5000", 30_000, null));
      assertThrows(
          DevException.class,
          () -> new ManifestTarget("n", hostile, "h:1", "registry:5000", 30_000, null));
      assertThrows(
          DevException.class,
          () -> new ManifestTarget("n", "kind", hostile, "r:5000", 30_000, null));
      assertThrows(
          DevException.class, () -> new ManifestTarget("n", "kind", "h:1", hostile, 30_000, null));
      assertThrows(
          DevException.class,
          () -> new ManifestTarget("n", "kind", "h:1", "r:5000", 30_000, hostile));
    }
    assertThrows(
        DevException.class, () -> new ManifestTarget("n", "kind", "h:1", "r:5000", 5000, null));
  }
}
