package dev.rig.credentials.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorCheckTest {
  private static final String HOSTS = "etc/containerd/certs.d/docker.io/hosts.toml";

  @TempDir private Path root;

  private void file(String name, String text) throws IOException {
    var file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Returns the findings for entries: each a prefix, then the registries that it mirrors. */
  private List<String> look(String... entries) throws JsonException {
    var json = new ArrayList<String>();
    for (var entry : entries) {
      var words = entry.split(" ", -1);
      json.add(
          "{\"prefix\":\"%s\"%s}"
              .formatted(words[0], words.length < 2 ? "" : ",\"mirrorOf\":[\"" + words[1] + "\"]"));
    }
    var status = "{\"entries\":[" + String.join(",", json) + "]}";
    var findings = new ArrayList<Finding>();
    new MirrorCheck(root, JsonObject.parse(status.getBytes(StandardCharsets.UTF_8))).look(findings);
    return findings.stream()
        .map(found ->
            (found.verdict() + " " + found.message() + " => " + found.advice())
                .replace(root + "/", "/"))
        .toList();
  }

  @Test
  void withoutMirrorsTheCheckIsOk() throws Exception {
    assertEquals(List.of("OK no mirrors are configured => "), look());
  }

  @Test
  void containerdsMirrorNeedsAnEntryWithMirrorOf() throws Exception {
    file(
        HOSTS,
        """
        server = "https://registry-1.docker.io"   # the registry itself

        [host."https://mirror.example:5000/v2/hub"]
          capabilities = ["pull", "resolve"]
        [host.'https://registry-1.docker.io']
        """);
    assertEquals(
        List.of(
            "WARN images of index.docker.io are pulled through mirror.example:5000/v2/hub (/"
                + HOSTS
                + "), which has no entry => if that mirror requires a login, add an entry for it"
                + " with mirrorOf: [index.docker.io]"),
        look("docker.io"));
    assertEquals(
        List.of(
            "WARN images of index.docker.io are pulled through mirror.example:5000/v2/hub (/"
                + HOSTS
                + "), and the kubelet does not get its credential => add mirrorOf:"
                + " [index.docker.io] to the entry mirror.example:5000, and run kubelet-config"
                + " again"),
        look("mirror.example:5000", "docker.io"));
    assertEquals(
        List.of("OK each mirror has an entry => "), look("mirror.example:5000 index.docker.io"));
  }

  @Test
  void hostThatIsNotPulledFromOrHasItsOwnCredentialIsLeftOut() throws Exception {
    file(
        HOSTS,
        """
        [host."https://push.example"]
        capabilities = ["push"]
        [host."https://own.example"]
          [host."https://own.example".header]
            authorization = "Basic x"
        """);
    assertEquals(List.of("OK no mirrors are configured => "), look());
  }

  @Test
  void everyFormOfTomlIsRead() throws Exception {
    file(HOSTS, "host = {\"https://m.example\" = {capabilities = [\"pull\"]}}\r\n");
    assertTrue(look().getFirst().contains("m.example"), look()::toString);
  }

  @Test
  void folderMayNameAPortOrApplyToEveryRegistry() throws Exception {
    file("etc/containerd/certs.d/r.example_5000_/hosts.toml", "[host.'https://a.example']");
    file("etc/containerd/certs.d/_default/hosts.toml", "[host.'http://b.example']");
    var found = look();
    assertEquals(2, found.size());
    assertTrue(found.getFirst().contains("images of every registry are pulled through b.example"));
    assertTrue(found.get(1).contains("images of r.example:5000 are pulled through a.example"));
    assertEquals(1, look("b.example quay.io", "a.example ghcr.io").size());
  }

  @Test
  void podmansMirrorNeedsOnlyAnEntryOfItsOwn() throws Exception {
    var file = "etc/containers/registries.conf.d/mirrors.conf";
    file(
        file,
        """
        unqualified-search-registries = ["docker.io"]
        [[registry]]
        location = "docker.io"
        [[registry.mirror]]
        location = "mirror.example/hub"
        [[registry.mirror]]
        location = "other.example"
        insecure = true
        """);
    assertEquals(
        List.of(
            "WARN images of index.docker.io are pulled through other.example (/"
                + file
                + "), which has no entry => if that mirror requires a login, add an entry for it"),
        look("mirror.example"));
  }

  @Test
  void entryOfAnotherPathOfTheMirrorIsNone() throws Exception {
    file(HOSTS, "[host.\"https://m.example/v2/hub\"]");
    assertTrue(look("m.example/quay docker.io").getFirst().contains("which has no entry"));
    assertTrue(look("m.example/hubs docker.io").getFirst().contains("which has no entry"));
    for (var prefix : List.of("m.example", "m.example/hub", "m.example/hub/acme")) {
      assertEquals(List.of("OK each mirror has an entry => "), look(prefix + " docker.io"));
    }
    // What is before /v2/ is no part of a repository's name.
    file(HOSTS, "[host.\"https://m.example/proxy\"]");
    assertEquals(List.of("OK each mirror has an entry => "), look("m.example/acme docker.io"));
    file(HOSTS, "");
    file(
        "etc/containers/registries.conf",
        """
        [[registry]]
        location = "docker.io"
        [[registry.mirror]]
        location = "m.example/hub"
        """);
    assertTrue(look("m.example/quay").getFirst().contains("which has no entry"));
    assertEquals(List.of("OK each mirror has an entry => "), look("m.example/hub"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[host",
        "a = 1\na = 2",
        "x = \"CANARY",
        "\u0000",
        "[host.\"https://a.example\"]x"
      })
  void invalidTomlFileIsReportedWithItsLocationAndNoPartOfIt(String text) throws Exception {
    file("etc/containers/registries.conf", text);
    var found = look();
    assertEquals(1, found.size(), found::toString);
    assertTrue(
        found.getFirst().startsWith("WARN /etc/containers/registries.conf:"), found::toString);
    assertTrue(found.getFirst().contains("it is not valid TOML"), found::toString);
  }

  @Test
  void deeplyNestedTomlIsRefusedWithinBounds() throws Exception {
    file("etc/containers/registries.conf", "a = " + "[".repeat(100_000));
    assertTrue(look().getFirst().startsWith("WARN"), look()::toString);
  }

  @Test
  void fifoInPlaceOfAFileIsNotWaitedFor() throws Exception {
    Files.createDirectories(root.resolve("etc/containers"));
    var fifo = root.resolve("etc/containers/registries.conf").toString();
    assertEquals(0, new ProcessBuilder("mkfifo", fifo).start().waitFor());
    assertTrue(look().getFirst().contains("cannot be read"), look()::toString);
  }
}
