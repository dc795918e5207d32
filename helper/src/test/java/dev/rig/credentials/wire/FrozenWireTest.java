package dev.rig.credentials.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bytes on the socket, as each release has sent and understood them: {@code wire/VERSION} has a
 * file for each. During every upgrade a helper may call a daemon of another release, so a file is
 * never changed; a release that adds something adds a folder.
 */
class FrozenWireTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "../helper/src/test/resources/wire");

  private static List<Arguments> requests() {
    return List.of(
        Arguments.of("get", Action.GET, "", "ghcr.io/acme/app\n"),
        Arguments.of("get-alias", Action.GET, "gitlab", "registry.gitlab.com"),
        Arguments.of(
            "store",
            Action.STORE,
            "",
            "{\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"s\"}"),
        Arguments.of("userpass", Action.USERPASS, "", "ghcr.io/acme"),
        Arguments.of("erase", Action.ERASE, "", "ghcr.io"),
        Arguments.of("list", Action.LIST, "", ""),
        Arguments.of("version", Action.VERSION, "", ""),
        Arguments.of("explain", Action.EXPLAIN, "", "ghcr.io/acme/app"),
        Arguments.of("status", Action.STATUS, "", ""),
        Arguments.of(
            "kubelet",
            Action.KUBELET,
            "",
            "{\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\","
                + "\"kind\":\"CredentialProviderRequest\",\"image\":\"ghcr.io/acme/app\"}\n"));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestIsSentAndReadAsInTheFirstRelease(
      String file, Action action, String alias, String payload) throws Exception {
    var frozen = frozen(file + ".request");

    assertArrayEquals(frozen, new Request(action, alias, payload.getBytes(UTF_8)).encode());
    var read = Request.decode(frozen);
    assertEquals(action, read.action());
    assertEquals(alias, read.alias());
    assertEquals(payload, new String(read.payload(), UTF_8));
  }

  private static List<Arguments> replies() {
    return List.of(
        Arguments.of(
            "get", 0, "{\"ServerURL\":\"ghcr.io/acme/app\",\"Username\":\"u\",\"Secret\":\"s\"}\n"),
        Arguments.of("not-found", 1, Wire.NOT_FOUND + "\n"),
        Arguments.of("no-key", 1, "no credentials server URL\n"),
        Arguments.of("no-username", 1, "no credentials username\n"),
        Arguments.of("userpass", 0, "u:s\n"),
        Arguments.of("store", 0, ""),
        Arguments.of("list", 0, "{\"ghcr.io\":\"u\"}\n"));
  }

  @ParameterizedTest
  @MethodSource("replies")
  void aReplyIsSentAndReadAsInTheFirstRelease(String file, int status, String body)
      throws Exception {
    var frozen = frozen(file + ".reply");

    assertArrayEquals(frozen, new Reply(status, body.getBytes(UTF_8)).encode());
    var read = Reply.decode(frozen);
    assertEquals(status, read.status());
    assertEquals(body, new String(read.body(), UTF_8));
  }

  @Test
  void everyFrozenFileIsCompared() throws IOException {
    try (var files = Files.list(FOLDER.resolve("0.1.0"))) {
      assertEquals(
          Stream.concat(
                  requests().stream().map(row -> row.get()[0] + ".request"),
                  replies().stream().map(row -> row.get()[0] + ".reply"))
              .sorted()
              .toList(),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void everyActionIsFrozen() {
    assertEquals(
        EnumSet.allOf(Action.class),
        requests().stream().map(row -> row.get()[1]).collect(Collectors.toSet()));
  }

  private static byte[] frozen(String name) throws IOException {
    return Files.readAllBytes(FOLDER.resolve("0.1.0").resolve(name));
  }
}
