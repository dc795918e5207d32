package dev.rig.credentials.helperapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import dev.rig.credentials.testing.daemon.LoginsFixture;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * T20: a helper's key is a registry's host, never the short name of an image. Otherwise {@code
 * podman login myregistry} would send Docker Hub's credential to that host.
 */
class ShortNameKeyTest {
  private static final String HUB_SECRET = "of-docker-hub";

  /** Names without a host, with all characters that a repository's name may contain. */
  private static final List<String> NAMES =
      List.of(
          "a",
          "nginx",
          "alpine3",
          "myregistry",
          "nas",
          "my_image",
          "my__image",
          "my-image",
          "my--image",
          "0ad",
          "library",
          "docker",
          "hub",
          "localhosts",
          "v1",
          "v2",
          "token",
          "library/nginx",
          "library/library",
          "team/app",
          "team/app/part",
          "team_1/app-2/part__3",
          "a/b/c/d/e",
          "docker/io",
          "index/docker/io",
          "v1/access-token",
          "xn--bcher-kva",
          "a".repeat(63) + "/" + "b".repeat(64));

  private static final String DIGEST = "@sha256:" + "0123456789abcdef".repeat(4);
  private static final List<String> ENDS =
      List.of("", ":latest", ":7", ":5000", ":1.25-alpine", ":v1", DIGEST, ":1.2" + DIGEST, "/");

  @TempDir private Path folder;
  private final BrokerFixture fixture = new BrokerFixture();
  private HelperApi api;

  @BeforeEach
  void configure() {
    var time = fixture.time();
    fixture.entry("docker.io", FakeSource.fixed(time, "hub", HUB_SECRET), "hub", false);
    fixture.entry("docker.io/library", FakeSource.fixed(time, "hub", HUB_SECRET), null, true);
    for (var path : new String[] {"team", "a", "nginx", "nas", "library/nginx", "my_image"}) {
      fixture.fixed("docker.io/" + path, "hub", HUB_SECRET);
    }
    api =
        new HelperApi(
            fixture.broker(),
            LoginsFixture.in(folder, time),
            "1",
            List::of,
            new ScriptSurroundings("", "", 0),
            List::of,
            Runnable::run,
            time.time());
  }

  private static Set<String> keys() {
    var keys = new LinkedHashSet<String>();
    for (var name : NAMES) {
      for (var end : ENDS) {
        for (var scheme : new String[] {"", "https://", "http://"}) {
          keys.add(scheme + name + end);
          keys.add(scheme + name.toUpperCase(java.util.Locale.ROOT) + end);
          keys.add(scheme + Character.toUpperCase(name.charAt(0)) + name.substring(1) + end);
        }
      }
    }
    return keys;
  }

  private String ask(Action action, String payload) {
    Reply reply =
        api.answer(
                new Request(action, "", payload.getBytes(StandardCharsets.UTF_8)),
                new Peer(1, 0, 0),
                PeerRights.ALL)
            .toCompletableFuture()
            .join()
            .reply();
    return reply.status() + " " + new String(reply.body(), StandardCharsets.UTF_8);
  }

  @Test
  void t20_noShortNameIsAnsweredByDockerHub() {
    for (var key : keys()) {
      var got = ask(Action.GET, key);
      assertTrue(got.startsWith("1 "), () -> key + ": " + got);
      assertFalse(got.contains(HUB_SECRET), key);
    }
  }

  @Test
  void t20_noShortNameIsDockerHubsForEraseAndStore() {
    for (var key : keys()) {
      var erased = ask(Action.ERASE, key);
      assertFalse(erased.contains("docker.io"), () -> key + ": " + erased);
      var stored =
          ask(
              Action.STORE,
              "{\"ServerURL\":\"" + key + "\",\"Username\":\"u\",\"Secret\":\"own\"}");
      assertFalse(stored.contains("docker.io"), () -> key + ": " + stored);
      if (stored.startsWith("0")) {
        assertTrue(ask(Action.GET, key).contains("\"Secret\":\"own\""), key);
        assertEquals("0 ", ask(Action.ERASE, key), key);
      }
    }
  }

  /** C1 and C2: {@code docker login} with a host without a dot and a port. */
  @Test
  void hostWithoutADotIsARegistry() {
    assertEquals("1 credentials not found in native keychain\n", ask(Action.GET, "myregistry"));
    fixture.fixed("https://nas", "of-nas", "s");
    for (var key : new String[] {"nas", "https://nas", "http://nas/", "NAS", "nas/team"}) {
      assertTrue(ask(Action.GET, key).contains("\"Username\":\"of-nas\""), key);
    }
    assertEquals(
        "0 ", ask(Action.STORE, "{\"ServerURL\":\"nas3\",\"Username\":\"u\",\"Secret\":\"own\"}"));
    assertTrue(ask(Action.GET, "nas3").contains("\"Secret\":\"own\""));
    assertTrue(ask(Action.GET, "https://nas3").contains("\"Secret\":\"own\""));
    var listed = ask(Action.LIST, "");
    assertTrue(listed.contains("\"nas\":\"of-nas\"") && listed.contains("\"nas3\":\"u\""), listed);
  }

  /** The other grammar, by which people and the kubelet name images. */
  @Test
  void t20_theSameNamesAreDockerHubsAsImages() throws InvalidReferenceException {
    for (var name : NAMES) {
      assertEquals("index.docker.io", ImageReference.ofImage(name).host(), name);
    }
    assertTrue(ask(Action.EXPLAIN, "nginx:latest").contains("\"prefix\":\"index.docker.io/"));
  }
}
