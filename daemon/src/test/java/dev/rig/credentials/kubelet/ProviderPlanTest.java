package dev.rig.credentials.kubelet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.config.reader.ConfigLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderPlanTest {
  @TempDir private Path folder;

  /** Each entry is its key, then a word for its use of tokens. */
  private ProviderPlan plan(String... entries) {
    var yaml = new StringBuilder("rig:\n  dockerRegistries:\n");
    for (var entry : entries) {
      int space = entry.indexOf(' ');
      var key = space < 0 ? entry : entry.substring(0, space);
      var use = space < 0 ? "ignored" : entry.substring(space + 1);
      int mirror = key.indexOf('=');
      yaml.append(
          "    '%s': {script: echo u:p, serviceAccount: %s, mirrorOf: [%s]}\n"
              .formatted(
                  mirror < 0 ? key : key.substring(0, mirror),
                  use,
                  mirror < 0 ? "" : key.substring(mirror + 1)));
    }
    try {
      var file = Files.writeString(folder.resolve("values.yaml"), yaml);
      return ProviderPlan.of(ConfigLoader.load(List.of(file)).registries());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyEntryIsAPatternWithPortPathAndGlobsInTheHost() {
    var plan = plan("ghcr.io", "ghcr.io/org", "localhost:5000/a", "*.dkr.ecr.*.amazonaws.com");
    assertEquals(
        List.of("ghcr.io", "ghcr.io/org", "localhost:5000/a", "*.dkr.ecr.*.amazonaws.com"),
        plan.plain());
    assertTrue(plan.withToken().isEmpty());
  }

  /** The kubelet writes docker.io, where our normal form is index.docker.io. */
  @Test
  void dockerHubIsMatchedUnderEveryNameThatAKubeletSends() {
    assertEquals(
        List.of("docker.io/team", "index.docker.io/team", "registry-1.docker.io/team"),
        plan("index.docker.io/team").plain());
    assertEquals(
        List.of("*.docker.io", "docker.io", "index.docker.io", "registry-1.docker.io"),
        plan("*.docker.io").plain());
  }

  @Test
  void imagesOfARegistryWithAMirrorAreMatchedAndGoWithTheTokensOfBoth() {
    var plan = plan("mirror.example/hub=docker.io", "ghcr.io required");
    assertEquals(
        List.of("mirror.example/hub", "docker.io", "index.docker.io", "registry-1.docker.io"),
        plan.plain());
    assertEquals(
        List.of("mirror.example", "quay.io", "quay.io/acme"),
        plan("mirror.example=quay.io optional", "quay.io/acme").withToken());
  }

  @Test
  void noPatternOccursTwice() {
    var plan = plan("*.docker.io", "docker.io", "docker.io/team");
    assertEquals(plan.plain().size(), new HashSet<>(plan.plain()).size(), plan::toString);
  }

  @Test
  void entriesThatUseATokenHaveTheirOwnProvider() {
    var plan = plan("ghcr.io", "quay.io/a required", "quay.io/b required");
    assertEquals(List.of("ghcr.io"), plan.plain());
    assertEquals(List.of("quay.io/a", "quay.io/b"), plan.withToken());
    assertTrue(plan.everyTokenRequired());
  }

  /** Otherwise a kubelet would call both providers for one image. */
  @Test
  void entriesWhoseHostsOverlapStayTogether() {
    var plan = plan("ghcr.io", "quay.io", "quay.io/a required", "*.example.org", "x.example.org");
    assertEquals(List.of("ghcr.io", "*.example.org", "x.example.org"), plan.plain());
    assertEquals(List.of("quay.io", "quay.io/a"), plan.withToken());
    assertFalse(plan.everyTokenRequired());
    var chained = plan("a.b.org optional", "a.*.org", "*.c.org", "x.y.com");
    assertEquals(List.of("a.b.org", "a.*.org", "*.c.org"), chained.withToken());
    assertEquals(List.of("x.y.com"), chained.plain());
  }

  /** A kubelet would read {@code [::1]} as a set of characters, and escaped it is not a host. */
  @Test
  void addressWithoutAPortIsLeftOutAndReported() {
    var plan = plan("[::1]:5000/a", "[::1]");
    assertEquals(List.of("[::1]:5000/a"), plan.plain());
    assertEquals(List.of("[::1]"), plan.unmatchable());
  }
}
